/** Gives a waiting node what it waits for: by a form, where its schema is known. */
import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { Field } from "../../form/Form.tsx"
import { beginningOf, faultsOf, type Shape } from "../../form/shape.ts"
import { Loading } from "../../parts/Notice.tsx"
import { signalNode } from "../../state/act.ts"
import type { Json } from "../../../run/Event.ts"
import { accepted, ActionDialog } from "./ActionDialog.tsx"
import { shapeOfSignal } from "./signalShape.ts"

interface Props {
  readonly run: string
  /** The path of the node, and its name. */
  readonly node: string
  readonly name: string
  /** Values of a suspend node of a manifest that are asked for, by their names. */
  readonly outputs?: ReadonlyArray<string>
}

const ofOutputs = (outputs: ReadonlyArray<string>): Shape => ({
  is: "object",
  parts: outputs.map((name) => ({ name, isRequired: true, shape: { is: "text" } }))
})

/** The dialog. */
export const SignalDialog = ({ name, node, outputs = [], run }: Props) => {
  const shape = useSignal<Shape | undefined>(outputs.length > 0 ? ofOutputs(outputs) : undefined)
  const value = useSignal<Json | undefined>(undefined)
  useEffect(() => {
    if (shape.value !== undefined) return void (value.value = beginningOf(shape.value))
    void shapeOfSignal(run, node).then((it) => {
      shape.value = it
      value.value = beginningOf(it)
    })
  }, [node])
  const isPlain = shape.value?.is === "nothing"
  const given = isPlain || value.value === null ? undefined : value.value
  const faults = shape.value === undefined || isPlain || shape.value.is === "json"
    ? []
    : faultsOf(shape.value, value.value)
  return (
    <ActionDialog
      title={`${name} waits for you`}
      verb={given === undefined ? "Approve" : "Send the value"}
      isReady={shape.value !== undefined && faults.length === 0}
      command={signalNode.command(run, node, given)}
      onDo={() => accepted(signalNode.do(run, node, given), `${name} goes on`)}
    >
      {shape.value === undefined && <Loading label="Reading what it asks for" rows={2} />}
      {isPlain && <p>Approve it, and the run goes on.</p>}
      {shape.value !== undefined && !isPlain && (
        <Field
          shape={shape.value}
          label="Value"
          value={value.value}
          onChange={(it) => void (value.value = it)}
          isRequired={shape.value.is !== "json"}
        />
      )}
      {faults.length > 0 && <p class="faint" role="status">{faults[0]}.</p>}
    </ActionDialog>
  )
}
