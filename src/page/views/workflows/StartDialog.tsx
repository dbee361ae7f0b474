/** Starts a workflow that the server knows, by a form of what it takes. */
import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { get, send } from "../../api/connection.ts"
import type { Run } from "../../api/wire.ts"
import { Field } from "../../form/Form.tsx"
import { beginningOf, faultsOf, type Schema, type Shape, shapeOf } from "../../form/shape.ts"
import { Loading } from "../../parts/Notice.tsx"
import { go } from "../../state/route.ts"
import type { Json } from "../../../run/Event.ts"
import type { Listed } from "./workflows.ts"
import { ActionDialog } from "../run/ActionDialog.tsx"

const parametersOf = (input: Json): ReadonlyArray<string> =>
  Object.entries(input as Readonly<Record<string, string>>).flatMap(([name, value]) => ["-p", `${name}=${value}`])

/** The dialog. */
export const StartDialog = ({ it: { file = "FILE", kind, name } }: { readonly it: Listed }) => {
  const shape = useSignal<Shape | undefined>(undefined)
  const input = useSignal<Json | undefined>(undefined)
  const id = useSignal("")
  useEffect(() => {
    void get<{ readonly input: Schema | null }>(`/workflows/${encodeURIComponent(name)}`).then(
      (it) => it.input,
      () => null
    ).then((schema) => {
      shape.value = schema === null ? { is: "nothing" } : shapeOf(schema)
      input.value = beginningOf(shape.value)
    })
  }, [name])
  const takesNone = shape.value?.is === "nothing"
  const faults = shape.value === undefined || takesNone || shape.value.is === "json"
    ? []
    : faultsOf(shape.value, input.value)
  return (
    <ActionDialog
      title={`Start ${name}`}
      verb="Start the run"
      wide={shape.value !== undefined && !takesNone}
      isReady={shape.value !== undefined && faults.length === 0}
      command={[
        "run",
        file,
        "--workflow",
        name,
        ...takesNone || input.value === undefined
          ? []
          : kind === "typed"
          ? ["--input", JSON.stringify(input.value)]
          : parametersOf(input.value),
        ...id.value === "" ? [] : ["--id", id.value]
      ]}
      onDo={async () => {
        const run = await send<Run>("POST", "/runs", {
          workflow: name,
          ...takesNone || input.value === undefined ? {} : { input: input.value },
          ...id.value === "" ? {} : { id: id.value }
        })
        go({ path: ["runs", run.id], query: {} })
        return `Run ${run.id} has begun`
      }}
    >
      {shape.value === undefined && <Loading label="Reading what it takes" rows={3} />}
      {takesNone && <p>It takes no input.</p>}
      {shape.value !== undefined && !takesNone && (
        <Field
          shape={shape.value}
          label="Input"
          value={input.value}
          onChange={(it) => void (input.value = it)}
        />
      )}
      <label class="field">
        <span>
          Id <em class="faint">(made up when left out)</em>
        </span>
        <input type="text" value={id.value} onInput={(event) => void (id.value = event.currentTarget.value.trim())} />
      </label>
      {faults.length > 0 && <p class="faint" role="status">{faults[0]}.</p>}
    </ActionDialog>
  )
}
