/** How nodes of manifests are called in texts of the engine, which names them by run and path. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import { flat } from "./RunView.ts"
import { viewOf } from "./viewOf.ts"

const written = /(\S+) (main(?:\/~)?\/entry[^\s;,)]*)/g

/** Puts Argo's names in place of `RUN PATH`, as far as the runs of the given texts are known. */
export const holderNames = async (
  pinnace: Pinnace,
  texts: ReadonlyArray<string>
): Promise<(text: string) => string> => {
  const runs = new Set(texts.flatMap((text) => [...text.matchAll(written)].map(([, run]) => run!)))
  const names = new Map<string, string>()
  for (const id of runs) {
    const run = pinnace.get(id)
    const view = run === undefined ? undefined : await viewOf(pinnace, run)
    for (const { name, path } of flat(view === undefined ? [] : [...view.nodes, ...view.handlers])) {
      names.set(`${id} ${path}`, name.startsWith(id) ? name : `${id} ${name}`)
    }
  }
  // A node that needs locks works in a hidden child.
  return (text) =>
    text.replaceAll(written, (whole) => names.get(whole) ?? names.get(whole.replace(/\/~$/, "")) ?? whole)
}
