/** Gives a waiting node what it waits for: by a form, where its schema is known. */
import { useRef } from "preact/hooks"
import { Field } from "../../form/Form.tsx"
import type { Shape } from "../../form/shape.ts"
import { useInput } from "../../form/useInput.ts"
import { Reading } from "../../parts/Reading.tsx"
import { signalNode } from "../../state/act.ts"
import { useLoadedOnce } from "../../state/loaded.ts"
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
  // What it asks for is read once: by the time it is answered, it may ask for nothing any more.
  const hasOutputs = useRef(outputs.length > 0).current
  const read = useLoadedOnce(
    `${run} ${node}`,
    () => hasOutputs ? Promise.resolve(ofOutputs(outputs)) : shapeOfSignal(run, node)
  )
  const shape = read.value.value
  const { faults, take, value } = useInput(shape)
  const given = value === null ? undefined : value
  return (
    <ActionDialog
      title={`${name} waits for you`}
      verb={given === undefined ? "Approve" : "Send the value"}
      isReady={shape !== undefined && faults.length === 0}
      command={signalNode.command(run, node, given, hasOutputs)}
      onDo={() => accepted(signalNode.do(run, node, given, hasOutputs), `${name} goes on`)}
    >
      <Reading of={read} label="Reading what it asks for" rows={2}>
        {(shape) =>
          shape.is === "nothing" ? <p>Approve it, and the run goes on.</p> : (
            <Field
              shape={shape}
              label="Value"
              value={value}
              onChange={take}
              isRequired={shape.is !== "json"}
            />
          )}
      </Reading>
      {faults.length > 0 && <p class="faint" role="status">{faults[0]}.</p>}
    </ActionDialog>
  )
}
