/** Undoes what an ended run did: which nodes, in which order, and why others stay, before anything happens. */
import { Loading } from "../../parts/Notice.tsx"
import { Failure } from "../../parts/Reading.tsx"
import { compensate } from "../../state/act.ts"
import { usePreview } from "../../state/preview.ts"
import { counted } from "../../state/words.ts"
import type { CompensationPreview } from "../../../engine/life/compensate.ts"
import { ActionDialog } from "./ActionDialog.tsx"
import { PlanRest, type PlanRow, PlanRows } from "./AgainPlan.tsx"
import type { RunScene } from "./scene.ts"

const Plan = ({ nodes, plan: { skip, undo } }: Pick<RunScene, "nodes"> & { readonly plan: CompensationPreview }) => {
  const row = (path: string, name: string, why: string): PlanRow => ({
    path,
    name,
    phase: nodes.get(path)?.phase ?? "Pending",
    why
  })
  return (
    <div class="plan-part">
      <p class="plan-sum" role="status">
        {undo.length === 0
          ? <strong>Nothing is left to be undone</strong>
          : <strong>{counted(undo.length, "node is undone", "nodes are undone, one after the other")}</strong>},{" "}
        {counted(skip.length, "stays", "stay")} as {skip.length === 1 ? "it is" : "they are"}.
      </p>
      {undo.length > 0 && (
        <PlanRows
          label="What is undone"
          rows={undo.map((path, at) => row(path, `${at + 1}. ${path}`, ""))}
        />
      )}
      <PlanRest label="What stays" rows={skip.map(({ path, why }) => row(path, path, why))} />
    </div>
  )
}

/** The dialog. */
export const CompensateDialog = ({ scene: { nodes, run } }: { readonly scene: RunScene }) => {
  const { id } = run
  const { again, plan, problem } = usePreview(`${run.phase} ${run.finishedAt}`, () => compensate.plan(id))
  const many = plan?.undo.length ?? 0
  return (
    <ActionDialog
      title={`Undo what ${id} did?`}
      verb={many === 0 ? "Undo" : `Undo ${counted(many, "node")}`}
      tone="danger"
      wide
      isReady={many > 0}
      command={compensate.command(id)}
      onDo={async () => {
        const { undo } = await compensate.do(id)
        return `${counted(undo.length, "node is", "nodes are")} being undone`
      }}
    >
      <p>What its nodes say of how they are undone is done now, the last first. The run then is Failed.</p>
      {problem !== undefined
        ? <Failure text={problem} again={again} />
        : plan === undefined
        ? <Loading label="Asking what would be undone" rows={3} />
        : <Plan nodes={nodes} plan={plan} />}
    </ActionDialog>
  )
}
