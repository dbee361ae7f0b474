/** A run as a tree of lines: what its plan says will run, filled in with how far each node is. Pure. */
import type { NodeView, PlanJson } from "../../../mod.ts"
import type { Line } from "./Line.ts"

/** What the tree is made of; `now` is in milliseconds since the epoch. */
export interface View {
  readonly title: string
  readonly plan: PlanJson
  readonly rows: ReadonlyMap<string, NodeView>
  /** The number of items of each map that began. */
  readonly sizes: ReadonlyMap<string, number>
  readonly startedAt: number
  readonly now: number
}

interface Branch {
  readonly label: string
  readonly row: NodeView | undefined
  readonly note: Line
  readonly children: ReadonlyArray<Branch>
}

const spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]

/** The lines of the tree. */
export const treeLines = (view: View): ReadonlyArray<Line> => {
  const exit = view.rows.get(".onExit")
  const main = branches(view, view.plan.digest, "")
  const all = exit === undefined ? main : [...main, leaf(view, "on exit", exit)]
  const title: Line = [[view.title, "bold"], [`  ${seconds(view.now - view.startedAt)}`, "dim"]]
  return [title, ...drawn(view, all, "")]
}

/** A time as people read it. */
export const seconds = (millis: number): string => `${(Math.max(0, millis) / 1000).toFixed(1)} s`

const branches = (view: View, key: string, prefix: string): ReadonlyArray<Branch> =>
  (view.plan.plans[key]?.nodes ?? []).map((node) => {
    const path = prefix + node.name
    const row = view.rows.get(path)
    if (node.kind === "map") return mapBranch(view, node.name, path, node.plan)
    if (node.plan === null || row?.phase !== "Running") return leaf(view, node.name, row)
    return { label: node.name, row, note: [], children: branches(view, node.plan, `${path}/`) }
  })

const mapBranch = (view: View, label: string, path: string, plan: string | null): Branch => {
  const row = view.rows.get(path)
  if (row === undefined) return leaf(view, label, row)
  const items = [...view.rows.values()].filter((one) => one.path.startsWith(`${path}[`) && one.path.endsWith("]"))
    .filter((one) => !one.path.slice(path.length).includes("/"))
  const total = view.sizes.get(path) ?? items.length
  const done = items.filter(({ phase }) => phase === "Succeeded").length
  const children = plan === null || row.phase !== "Running"
    ? []
    : items.map((item) => itemBranch(view, item, path, plan))
  return { label, row, note: counted(done, total), children }
}

const itemBranch = (view: View, row: NodeView, path: string, plan: string): Branch => {
  const label = row.path.slice(path.length + 1, -1)
  // A finished item is one line, so that a long run stays on the screen.
  if (row.phase !== "Running") return leaf(view, label, row)
  return { label, row, note: [], children: branches(view, plan, `${row.path}/`) }
}

const counted = (done: number, total: number): Line => {
  const filled = total === 0 ? 0 : Math.round(12 * done / total)
  return [["▰".repeat(filled), "green"], ["▱".repeat(12 - filled), "dim"], [` ${done} of ${total}`, "plain"]]
}

const leaf = (view: View, label: string, row: NodeView | undefined): Branch => ({
  label,
  row,
  note: row === undefined ? [] : noteOf(row, view.now),
  children: []
})

const noteOf = (row: NodeView, now: number): Line => {
  if (row.waiting === "Retry") {
    return [[`attempt ${row.attempt} failed (${row.message}), again in ${seconds((row.until ?? now) - now)}`, "yellow"]]
  }
  if (row.phase === "Failed" || row.phase === "Error") return [[row.message ?? row.phase, "red"]]
  return (row.attempt ?? 1) > 1 ? [[`attempt ${row.attempt}`, "yellow"]] : []
}

const drawn = (view: View, list: ReadonlyArray<Branch>, indent: string): ReadonlyArray<Line> =>
  list.flatMap((branch, index) => {
    const isLast = index === list.length - 1
    const { children, label, note, row } = branch
    const line: Line = [
      [indent + (isLast ? "└─ " : "├─ "), "dim"],
      mark(view, row),
      [` ${label.padEnd(9)} `, row === undefined ? "dim" : "plain"],
      ...note,
      ...taken(row)
    ]
    return [line, ...drawn(view, children, indent + (isLast ? "   " : "│  "))]
  })

const taken = ({ finishedAt, startedAt = finishedAt }: Partial<NodeView> = {}): Line =>
  finishedAt === undefined ? [] : [[`  ${seconds(finishedAt - startedAt!)}`, "dim"]]

const mark = ({ now }: View, row: NodeView | undefined): Line[number] => {
  if (row === undefined || row.phase === "Pending") return ["·", "dim"]
  if (row.waiting === "Retry") return ["↻", "yellow"]
  switch (row.phase) {
    case "Running":
      return [spinner[Math.floor(now / 80) % spinner.length]!, "cyan"]
    case "Succeeded":
      return ["✓", "green"]
    case "Failed":
    case "Error":
      return ["✗", "red"]
    default:
      return ["–", "dim"]
  }
}
