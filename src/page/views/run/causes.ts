/** The causes of a run as they are told: each once, by the name of its node. Pure. */
import type { Cause } from "../../api/wire.ts"
import type { NodeView } from "../../../view/RunView.ts"

/** A cause with the name of its node. */
export interface NamedCause extends Cause {
  readonly label: string
}

/** All causes by the names of their nodes, each once. */
export const namedCauses = (
  causes: ReadonlyArray<Cause>,
  nodes: ReadonlyMap<string, NodeView>
): ReadonlyArray<NamedCause> => {
  const once = new Map(causes.map((it) => [`${it.path}\n${it.because}`, it]))
  return [...once.values()].map((it) => ({ ...it, label: nodes.get(it.path)?.name ?? it.path }))
}

/** Those that nothing beneath explains: what a person can do something about first, what only runs last. */
export const lowestCauses = (
  causes: ReadonlyArray<Cause>,
  nodes: ReadonlyMap<string, NodeView>
): ReadonlyArray<NamedCause> => {
  const all = namedCauses(causes, nodes)
  const paths = all.map(({ path }) => path)
  const isAbove = (path: string): boolean =>
    path !== "" && paths.some((it) => it !== path && ["/", "[", "#"].some((mark) => it.startsWith(path + mark)))
  return all.filter(({ cause, path }) => cause === undefined && !isAbove(path))
    .toSorted((a, b) => rank(a) - rank(b))
}

const rank = ({ kind }: NamedCause): number => kind === "running" ? 1 : 0
