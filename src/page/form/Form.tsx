/** A form for what a JSON Schema asks for. */
import { useSignal } from "@preact/signals"
import { useId } from "preact/hooks"
import type { Json } from "../../run/Event.ts"
import { Icon } from "../parts/Icon.tsx"
import { beginningOf, type Shape } from "./shape.ts"

interface Props {
  readonly shape: Shape
  readonly value: Json | undefined
  readonly onChange: (value: Json | undefined) => void
  readonly label: string
  readonly isRequired?: boolean
}

const Named = (
  { children, id, isRequired = true, label, shape }: Omit<Props, "value" | "onChange"> & {
    readonly id: string
    readonly children: preact.ComponentChildren
  }
) => (
  <div class="field">
    <label for={id}>{label} {!isRequired && <em class="faint">(may be left out)</em>}</label>
    {shape.description !== undefined && <span class="faint">{shape.description}</span>}
    {children}
  </div>
)

const JsonField = (
  { id, onChange, value }: {
    readonly id: string
    readonly value: Json | undefined
    readonly onChange: Props["onChange"]
  }
) => {
  const text = useSignal(value === undefined ? "" : JSON.stringify(value, null, 2))
  const problem = useSignal("")
  const take = (given: string): void => {
    text.value = given
    problem.value = ""
    if (given.trim() === "") return onChange(undefined)
    try {
      onChange(JSON.parse(given) as Json)
    } catch (error) {
      problem.value = `This is not JSON: ${(error as Error).message}. Texts stand in double quotes.`
      onChange(undefined)
    }
  }
  return (
    <>
      <textarea
        id={id}
        rows={3}
        spellcheck={false}
        value={text.value}
        onInput={(event) => take(event.currentTarget.value)}
      />
      {problem.value !== "" && <span class="wrong" role="alert">{problem.value}</span>}
    </>
  )
}

const Choice = (
  { id, label, of, onChange, value }: Omit<Props, "shape"> & { readonly id: string; readonly of: ReadonlyArray<Json> }
) => {
  const at = of.findIndex((it) => JSON.stringify(it) === JSON.stringify(value))
  if (of.length <= 5) {
    return (
      <div class="radios" role="radiogroup" aria-label={label}>
        {of.map((it, index) => (
          <label key={index} class="check">
            <input
              type="radio"
              id={index === 0 ? id : undefined}
              name={id}
              checked={at === index}
              onChange={() => onChange(it)}
            />
            {String(it)}
          </label>
        ))}
      </div>
    )
  }
  return (
    <select id={id} value={String(at)} onChange={(event) => onChange(of[Number(event.currentTarget.value)])}>
      <option value="-1" disabled>Choose…</option>
      {of.map((it, index) => <option key={index} value={String(index)}>{String(it)}</option>)}
    </select>
  )
}

const Group = (
  { children, label, shape }: {
    readonly label: string
    readonly shape: Shape
    readonly children: preact.ComponentChildren
  }
) => (
  <fieldset class="group">
    <legend>{label}</legend>
    {shape.description !== undefined && <span class="faint">{shape.description}</span>}
    {children}
  </fieldset>
)

const ListField = ({ label, of, onChange, shape, value }: Props & { readonly of: Shape }) => {
  const items = Array.isArray(value) ? value as ReadonlyArray<Json> : []
  return (
    <Group label={label} shape={shape}>
      {items.map((it, at) => (
        <div key={at} class="list-item">
          <Field
            shape={of}
            label={`${at + 1}`}
            value={it}
            onChange={(next) => onChange(items.with(at, next ?? null))}
          />
          <button
            type="button"
            class="quiet icon-button"
            aria-label={`Remove ${label} ${at + 1}`}
            onClick={() => onChange(items.toSpliced(at, 1))}
          >
            <Icon sign="close" size={14} />
          </button>
        </div>
      ))}
      <button type="button" class="add" onClick={() => onChange([...items, beginningOf(of) ?? null])}>Add</button>
    </Group>
  )
}

const OneField = (
  { label, of, onChange, shape, value }: Props & {
    readonly of: ReadonlyArray<{ readonly title: string; readonly shape: Shape }>
  }
) => {
  const at = useSignal(0)
  const id = useId()
  const chosen = of[at.value]!
  return (
    <Group label={label} shape={shape}>
      <Choice
        id={id}
        label={`Kind of ${label}`}
        of={of.map(({ title }) => title)}
        value={chosen.title}
        onChange={(title) => {
          at.value = of.findIndex((it) => it.title === title)
          onChange(beginningOf(of[at.value]!.shape))
        }}
      />
      <Field key={chosen.title} shape={chosen.shape} label={chosen.title} value={value} onChange={onChange} />
    </Group>
  )
}

/** One field, with what is beneath it. */
export const Field = (props: Props) => {
  const { label, onChange, shape, value } = props
  const id = useId()
  switch (shape.is) {
    case "nothing":
      return null
    case "boolean":
      return (
        <label class="check field-check">
          <input type="checkbox" checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />
          <span>{label}</span>
          {shape.description !== undefined && <span class="faint">{shape.description}</span>}
        </label>
      )
    case "object": {
      const fields = (value ?? {}) as Readonly<Record<string, Json>>
      const parts = shape.parts.filter((it) => !(it.shape.is === "choice" && it.shape.of.length === 1))
      return (
        <Group label={label} shape={shape}>
          {parts.map(({ isRequired, name, shape: part }) => (
            <Field
              key={name}
              shape={part}
              label={name}
              isRequired={isRequired}
              value={fields[name]}
              onChange={(next) => {
                const value = next === "" && !isRequired ? undefined : next
                const named = shape.parts.map((it) => [it.name, it.name === name ? value : fields[it.name]] as const)
                onChange(Object.fromEntries(named.filter((it): it is [string, Json] => it[1] !== undefined)))
              }}
            />
          ))}
          {parts.length === 0 && <span class="faint">It takes no values.</span>}
        </Group>
      )
    }
    case "list":
      return <ListField {...props} of={shape.of} />
    case "one":
      return <OneField {...props} of={shape.of} />
    case "maybe":
      return (
        <div class="maybe">
          <label class="check">
            <input
              type="checkbox"
              checked={value !== null && value !== undefined}
              onChange={(event) => onChange(event.currentTarget.checked ? beginningOf(shape.of) ?? 0 : null)}
            />
            {label} <em class="faint">(there is one)</em>
          </label>
          {value !== null && value !== undefined && <Field {...props} shape={shape.of} />}
        </div>
      )
    case "text":
      return (
        <Named {...props} id={id}>
          <input
            id={id}
            type="text"
            value={typeof value === "string" ? value : ""}
            onInput={(event) => onChange(event.currentTarget.value)}
          />
        </Named>
      )
    case "number":
      return (
        <Named {...props} id={id}>
          <input
            id={id}
            type="number"
            step={shape.whole ? 1 : "any"}
            min={shape.least}
            max={shape.most}
            value={typeof value === "number" ? value : ""}
            onInput={(event) =>
              onChange(event.currentTarget.value === "" ? undefined : event.currentTarget.valueAsNumber)}
          />
        </Named>
      )
    case "choice":
      return (
        <Named {...props} id={id}>
          <Choice {...props} id={id} of={shape.of} />
        </Named>
      )
    default:
      return (
        <Named {...props} id={id} label={`${label}, as JSON`}>
          <JsonField id={id} value={value} onChange={onChange} />
        </Named>
      )
  }
}
