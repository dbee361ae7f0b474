/** A new run that keeps all results except those of a node and of what comes after it. */
import { fork } from "../../state/act.ts"
import { go } from "../../state/route.ts"
import { ActionDialog } from "./ActionDialog.tsx"
import type { RunScene } from "./scene.ts"

/** The dialog. */
export const ForkDialog = ({ node, scene: { nodes, run } }: { readonly scene: RunScene; readonly node: string }) => {
  const name = nodes.get(node)?.name ?? node
  return (
    <ActionDialog
      title={`Fork at ${name}`}
      verb="Start the new run"
      command={fork.command(run.id, node)}
      onDo={async () => {
        const { id } = await fork.do(run.id, node)
        go({ path: ["runs", id], query: {} })
        return `Run ${id} has begun`
      }}
    >
      <p>
        A new run begins at <code>{name}</code>. It keeps the results of everything before, and this run stays as it is.
      </p>
    </ActionDialog>
  )
}
