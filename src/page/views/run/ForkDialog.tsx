/** A new run that keeps all results except those of a node and of what comes after it. */
import { fork } from "../../state/act.ts"
import { begun } from "./ActionDialog.tsx"
import { AgainDialog } from "./AgainDialog.tsx"
import type { RunScene } from "./scene.ts"

/** The dialog. */
export const ForkDialog = ({ node, scene }: { readonly scene: RunScene; readonly node: string }) => {
  const { nodes, run: { id } } = scene
  const name = nodes.get(node)?.name ?? node
  return (
    <AgainDialog
      scene={scene}
      title={`Fork at ${name}`}
      verb={() => "Start the new run"}
      request={node}
      command={(given) => fork.command(id, node, given)}
      plan={(given) => fork.plan(id, node, given)}
      onDo={async (given) => begun(await fork.do(id, node, given))}
    >
      <p>
        A new run begins at <code>{name}</code>. It keeps the results of everything before, and this run stays as it is.
      </p>
    </AgainDialog>
  )
}
