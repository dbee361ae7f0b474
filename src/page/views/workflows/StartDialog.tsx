/** Starts a workflow that the server knows, by a form of what it takes. */
import { useSignal } from "@preact/signals"
import { useMemo } from "preact/hooks"
import { get, send } from "../../api/connection.ts"
import type { Run } from "../../api/wire.ts"
import { Field } from "../../form/Form.tsx"
import { type Schema, shapeOf } from "../../form/shape.ts"
import { useInput } from "../../form/useInput.ts"
import { Reading } from "../../parts/Reading.tsx"
import { commandOf, type Option, parametersOf } from "../../state/command.ts"
import { useLoadedOnce } from "../../state/loaded.ts"
import type { Json } from "../../../run/Event.ts"
import type { Listed } from "./workflows.ts"
import { ActionDialog, begun } from "../run/ActionDialog.tsx"

const given = (kind: Listed["kind"], input: Json | undefined): ReadonlyArray<Option> =>
  input === undefined
    ? []
    : kind === "typed"
    ? [["--input", JSON.stringify(input)]]
    : parametersOf(input as Readonly<Record<string, string>>)

/** The dialog. */
export const StartDialog = ({ it: { file = "FILE", kind, name } }: { readonly it: Listed }) => {
  const read = useLoadedOnce(
    name,
    () => get<{ readonly input: Schema | null }>(`/workflows/${encodeURIComponent(name)}`)
  )
  const schema = read.value.value?.input
  const shape = useMemo(
    () => (schema === undefined ? undefined : schema === null ? { is: "nothing" } as const : shapeOf(schema)),
    [schema]
  )
  const { faults, take, value: input } = useInput(shape)
  const id = useSignal("")
  const takesNone = shape?.is === "nothing"
  return (
    <ActionDialog
      title={`Start ${name}`}
      verb="Start the run"
      wide={shape !== undefined && !takesNone}
      isReady={shape !== undefined && faults.length === 0}
      command={commandOf(["run"], [file], [
        ["--workflow", name],
        ...given(kind, input),
        ...id.value === "" ? [] : [["--id", id.value] as const]
      ])}
      onDo={async () =>
        begun(
          await send<Run>("POST", "/runs", {
            workflow: name,
            ...input === undefined ? {} : { input },
            ...id.value === "" ? {} : { id: id.value }
          })
        )}
    >
      <Reading of={read} label="Reading what it takes">
        {() =>
          shape === undefined || takesNone
            ? <p>It takes no input.</p>
            : <Field shape={shape} label="Input" value={input} onChange={take} />}
      </Reading>
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
