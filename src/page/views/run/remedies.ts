/** What can be done about what keeps a run or a node from going on. Pure. */
import type { Semaphore } from "../../api/wire.ts"
import { commandOf } from "../../state/command.ts"
import { type NodeView, pathsOf } from "../../../view/RunView.ts"
import type { NamedCause } from "./causes.ts"
import type { DialogKind } from "./dialogKinds.ts"

/** Something that helps. */
export interface Remedy {
  readonly title: string
  /** The dialog that does it, and what for: a node, or a semaphore; none where only a terminal can. */
  readonly dialog?: { readonly is: DialogKind; readonly node?: string }
  /** Where to look at it. */
  readonly to?: { readonly run: string; readonly node: string }
  readonly command?: ReadonlyArray<string>
}

/** What remedies depend on. */
export interface Stand {
  readonly id: string
  readonly isManifest: boolean
  readonly isSuspended: boolean
  readonly held: string | null
  readonly node: NodeView | undefined
  readonly locks: ReadonlyArray<Semaphore>
}

/** The remedies for a cause. */
export const remediesOf = ({ kind, path }: NamedCause, stand: Stand): ReadonlyArray<Remedy> => {
  const { held, id, isManifest, isSuspended, node } = stand
  if (held !== null && path === "") {
    return [{
      title: "Go on with another definition",
      command: isManifest ? ["resume", id, "--file", "FILE"] : ["resubmit", id, "--memoized", "--file", "FILE"]
    }]
  }
  if (kind === "unowned") return [{ title: "Execute it", command: ["resume", id, "--file", "FILE"] }]
  if (isSuspended && (path === "" || node === undefined || node.startedAt === 0)) {
    return [{ title: "Resume", dialog: { is: "resume" }, command: commandOf(["resume"], [id]) }]
  }
  if (node?.waiting === "Suspended") {
    return [{
      title: "Answer",
      dialog: { is: "signal", node: path },
      command: commandOf(["approve"], [id, path])
    }]
  }
  if (node?.waiting === "Signal") {
    return [{
      title: "Answer",
      dialog: { is: "signal", node: path },
      command: commandOf(["signal"], [id, path, "VALUE"])
    }]
  }
  return node?.waiting === "Permit" || path === "" ? ofPermits(stand, path) : []
}

const ofPermits = ({ id, locks, node }: Stand, path: string): ReadonlyArray<Remedy> => {
  const paths = new Set(node === undefined ? [path] : pathsOf(node))
  const wanted = locks.filter(({ queue }) => queue.some((it) => it.run === id && paths.has(it.node)))
  return wanted.flatMap(({ holders, limit, name, source }) => [
    ...source === "state file" && limit !== undefined
      ? [{
        title: `Raise the limit of ${name}`,
        dialog: { is: "limit" as const, node: name },
        command: commandOf(["locks", "set"], [name, String(limit + 1)])
      }]
      : [],
    ...holders.slice(0, 3).map((it) => ({
      title: `Open ${it.node === "" ? it.run : `${it.node} of ${it.run}`}`,
      to: { run: it.run, node: it.node }
    }))
  ])
}
