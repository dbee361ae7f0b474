/** Gives a waiting node what it waits for. */
import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { signalNode } from "../../state/act.ts"
import type { Json } from "../../../run/Event.ts"
import { accepted, ActionDialog } from "./ActionDialog.tsx"
import type { RunScene } from "./scene.ts"
import { schemaOfSignal } from "./signalSchema.ts"

/** The dialog. */
export const SignalDialog = ({ node, scene: { nodes, run } }: { readonly scene: RunScene; readonly node: string }) => {
  const text = useSignal("")
  const needsValue = useSignal<boolean | undefined>(undefined)
  useEffect(() => {
    void schemaOfSignal(run.workflow, node).then((schema) => void (needsValue.value = schema !== "none"))
  }, [node])
  const parsed = valueOf(text.value)
  const value = text.value.trim() === "" ? undefined : "value" in parsed ? parsed.value : undefined
  const name = nodes.get(node)?.name ?? node
  return (
    <ActionDialog
      title={`${name} waits for you`}
      verb={value === undefined ? "Approve" : "Send the value"}
      isReady={!("wrong" in parsed)}
      command={signalNode.command(run.id, node, value)}
      onDo={() => accepted(signalNode.do(run.id, node, value), `${name} goes on`)}
    >
      {needsValue.value === false ? <p>Approve it, and the run goes on.</p> : (
        <label class="field">
          <span>
            Value, as JSON <em class="faint">(empty approves without one)</em>
          </span>
          <textarea
            rows={4}
            spellcheck={false}
            value={text.value}
            onInput={(event) => void (text.value = event.currentTarget.value)}
          />
          {"wrong" in parsed && <span class="wrong" role="alert">{parsed.wrong}</span>}
        </label>
      )}
    </ActionDialog>
  )
}

const valueOf = (text: string): { readonly value: Json } | { readonly wrong: string } | Record<never, never> => {
  if (text.trim() === "") return {}
  try {
    return { value: JSON.parse(text) as Json }
  } catch (error) {
    return { wrong: `This is not JSON: ${(error as Error).message}. Texts stand in double quotes.` }
  }
}
