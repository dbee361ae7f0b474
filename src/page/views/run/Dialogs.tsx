/** The dialogs of a run. */
import { type Signal, useSignal } from "@preact/signals"
import { download } from "../../state/files.ts"
import { canAct } from "../../state/session.ts"
import { remove, resume, stop, suspend, terminate } from "../../state/act.ts"
import { commandOf } from "../../state/command.ts"
import { counted } from "../../state/words.ts"
import { accepted, ActionDialog } from "./ActionDialog.tsx"
import { CompareDialog } from "./CompareDialog.tsx"
import { CompensateDialog } from "./CompensateDialog.tsx"
import { ForkDialog } from "./ForkDialog.tsx"
import { RaiseLimit } from "./RaiseLimit.tsx"
import { ResubmitDialog } from "./ResubmitDialog.tsx"
import { RetryDialog } from "./RetryDialog.tsx"
import { dialog, type RunScene } from "./scene.ts"
import { SignalDialog } from "./SignalDialog.tsx"
import { useUndoable } from "./undoable.ts"

const Reason = ({ text }: { readonly text: Signal<string> }) => (
  <label class="field">
    <span>
      Why <em class="faint">(is recorded with the run; may be empty)</em>
    </span>
    <input
      type="text"
      value={text.value}
      maxLength={1_000}
      onInput={(event) => void (text.value = event.currentTarget.value)}
    />
  </label>
)

const StopDialog = ({ scene: { run } }: { readonly scene: RunScene }) => {
  const why = useSignal("")
  return (
    <ActionDialog
      title={`Stop ${run.id}?`}
      verb="Stop the run"
      tone="danger"
      command={stop.command(run.id, why.value)}
      onDo={() => accepted(stop.do(run.id, why.value), "The run stops")}
    >
      <p>
        Open nodes are ended, nothing new begins, and exit handlers run. Results so far are kept: the run can be
        retried.
      </p>
      <Reason text={why} />
    </ActionDialog>
  )
}

const TerminateDialog = ({ scene }: { readonly scene: RunScene }) => {
  const { nodes, run } = scene
  const undoable = useUndoable(run)
  const why = useSignal("")
  const typed = useSignal("")
  const undoes = useSignal(false)
  const live = [...new Set(nodes.values())].filter(({ phase }) => phase === "Running" || phase === "Pending").length
  const mustType = live > 100
  return (
    <ActionDialog
      title={`Terminate ${run.id}?`}
      verb="Terminate the run"
      tone="danger"
      isReady={!mustType || typed.value === run.id}
      command={terminate.command(run.id, why.value, undoes.value)}
      onDo={() =>
        accepted(
          terminate.do(run.id, why.value, undoes.value),
          undoes.value ? "The run ends once what it did is undone" : "The run ends at once"
        )}
    >
      <p>
        {counted(live, "open node")} {live === 1 ? "is" : "are"} ended at once.{" "}
        <strong>Exit handlers do not run</strong>; to let them run, stop it instead.
      </p>
      {!run.isManifest && (
        <label class="check">
          <input
            type="checkbox"
            checked={undoes.value}
            onChange={(event) => void (undoes.value = event.currentTarget.checked)}
          />
          First undo what the run did
          {undoable > 0 && <span class="faint">({counted(undoable, "node says", "nodes say")} how)</span>}
        </label>
      )}
      <Reason text={why} />
      {mustType && (
        <label class="field">
          <span>
            Type <code>{run.id}</code> to confirm
          </span>
          <input type="text" value={typed.value} onInput={(event) => void (typed.value = event.currentTarget.value)} />
        </label>
      )}
    </ActionDialog>
  )
}

const DeleteDialog = ({ scene: { isOpen, run } }: { readonly scene: RunScene }) => (
  <ActionDialog
    title={`Delete ${run.id}?`}
    verb="Delete the run"
    tone="danger"
    command={remove.command(run.id, isOpen)}
    onDo={async () => {
      await remove.do(run.id, isOpen)
      return { said: `Run ${run.id} is deleted`, at: ["runs"] }
    }}
  >
    <p>
      {isOpen && "It is open, and is terminated first. "}Its events, logs and values are gone then; artifacts go as
      their strategies say. This cannot be undone.
    </p>
  </ActionDialog>
)

const ExportDialog = ({ id }: { readonly id: string }) => (
  <ActionDialog
    title={`Export ${id}?`}
    verb="Export the run"
    command={commandOf(["export"], [id])}
    onDo={async () => {
      await download(`/runs/${encodeURIComponent(id)}/export`, `${id}.tgz`)
      return `${id}.tgz is saved`
    }}
  >
    <p>
      One file with its events, logs and artifacts. <code>pinnace import</code>{" "}
      takes it in elsewhere, and the page there shows the same.
    </p>
  </ActionDialog>
)

const asking = ({ nodes }: RunScene, node: string) => ({
  node,
  name: nodes.get(node)?.name ?? node,
  outputs: nodes.get(node)?.asks ?? []
})

/** The open one. */
export const Dialogs = ({ scene }: { readonly scene: RunScene }) => {
  const { id } = scene.run
  const is = dialog.value?.is
  if (is === "compare") return <CompareDialog scene={scene} />
  if (is === "export") return <ExportDialog id={id} />
  if (!canAct()) return null
  switch (dialog.value?.is) {
    case "stop":
      return <StopDialog scene={scene} />
    case "terminate":
      return <TerminateDialog scene={scene} />
    case "suspend":
      return (
        <ActionDialog
          title={`Suspend ${id}?`}
          verb="Suspend the run"
          command={suspend.command(id)}
          onDo={() => accepted(suspend.do(id), "The run is suspended")}
        >
          <p>Nothing new begins until it is resumed. What runs goes on to its end.</p>
        </ActionDialog>
      )
    case "resume":
      return (
        <ActionDialog
          title={`Resume ${id}?`}
          verb="Resume the run"
          command={resume.command(id)}
          onDo={() => accepted(resume.do(id), "The run goes on")}
        >
          <p>New nodes may begin again.</p>
        </ActionDialog>
      )
    case "retry":
      return <RetryDialog scene={scene} node={dialog.value.node} />
    case "compensate":
      return <CompensateDialog scene={scene} />
    case "resubmit":
      return <ResubmitDialog scene={scene} />
    case "delete":
      return <DeleteDialog scene={scene} />
    case "signal":
      return <SignalDialog run={id} {...asking(scene, dialog.value.node!)} />
    case "limit":
      return <RaiseLimit name={dialog.value.node!} />
    case "fork":
      return <ForkDialog scene={scene} node={dialog.value.node!} />
    default:
      return null
  }
}
