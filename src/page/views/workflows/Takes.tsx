/** What a workflow takes, gives and waits for, field by field. */
import { type Schema, type Shape, shapeOf } from "../../form/shape.ts"
import { wordsOf } from "../../form/words.ts"
import type { Described } from "./workflows.ts"

const Fields = ({ shape }: { readonly shape: Shape }) => {
  if (shape.is !== "object") return <p>{wordsOf(shape)}</p>
  return (
    <dl class="pairs">
      {shape.parts.map(({ isRequired, name, shape: { begins, description }, shape: it }) => (
        <>
          <dt key={name}>{name}</dt>
          <dd key={`${name} is`}>
            {wordsOf(it)}
            {!isRequired && it.is !== "maybe" && <span class="faint">, may be left out</span>}
            {begins !== undefined && (
              <>
                <span class="faint">, else</span>{" "}
                <code>{typeof begins === "string" ? begins : JSON.stringify(begins)}</code>
              </>
            )}
            {description !== undefined && <div class="faint">{description}</div>}
          </dd>
        </>
      ))}
    </dl>
  )
}

const Part = ({ schema, title }: { readonly title: string; readonly schema: Schema | null | undefined }) => {
  if (schema === null || schema === undefined) return null
  const shape = shapeOf(schema)
  if (shape.is === "nothing") return null
  return (
    <section class="card" aria-label={title}>
      <h2>{title}</h2>
      <Fields shape={shape} />
    </section>
  )
}

/** The cards; none for what a workflow has not. */
export const Takes = ({ it: { error, input, output, signals } }: { readonly it: Described }) => (
  <>
    <Part title="Takes" schema={input} />
    <Part title="Gives" schema={output} />
    <Part title="Fails with" schema={error} />
    {Object.entries(signals).map(([path, schema]) => (
      <Part
        key={path}
        title={`Waits at ${path} for`}
        schema={schema}
      />
    ))}
  </>
)
