/** A new run that keeps all results except those of a node and of what comes after it. */
import { useSignal } from "@preact/signals"
import { fork } from "../../state/act.ts"
import { go } from "../../state/route.ts"
import { ActionDialog } from "./ActionDialog.tsx"
import { AgainPlan, usePlan } from "./AgainPlan.tsx"
import { type Choice, former, OtherInput } from "./OtherInput.tsx"
import type { RunScene } from "./scene.ts"

/** The dialog. */
export const ForkDialog = ({ node, scene }: { readonly scene: RunScene; readonly node: string }) => {
  const { nodes, run } = scene
  const name = nodes.get(node)?.name ?? node
  const choice = useSignal<Choice>(former)
  const { faults, given } = choice.value
  const asked = usePlan(scene, JSON.stringify(given), () => fork.plan(run.id, node, given))
  return (
    <ActionDialog
      title={`Fork at ${name}`}
      verb="Start the new run"
      wide
      isReady={faults.length === 0 && asked.value.plan !== undefined}
      command={fork.command(run.id, node, given)}
      onDo={async () => {
        const { id } = await fork.do(run.id, node, given)
        go({ path: ["runs", id], query: {} })
        return `Run ${id} has begun`
      }}
    >
      <p>
        A new run begins at <code>{name}</code>. It keeps the results of everything before, and this run stays as it is.
      </p>
      <OtherInput choice={choice} scene={scene} />
      <AgainPlan asked={asked.value} />
    </ActionDialog>
  )
}
