/** How nodes of manifests are called in texts of the engine, which names them by run and path. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import { isManifestRun } from "../../view/runHead.ts"
import { byPath, everyNode } from "../../view/RunView.ts"
import { viewOf } from "../arguments/rows.ts"

/** Puts Argo's names in place of `RUN PATH`, as far as the runs of the given texts are known. */
export const holderNames = async (
  pinnace: Pinnace,
  texts: ReadonlyArray<string>
): Promise<(text: string) => string> => {
  const words = new Set(texts.flatMap((text) => text.split(/[\s;,()]+/)).filter((it) => it !== ""))
  const names = new Map<string, string>()
  for (const id of words) {
    const run = pinnace.get(id)
    if (run === undefined || !isManifestRun(run.status())) continue
    const view = await viewOf(pinnace, run)
    for (const [path, { name }] of byPath(everyNode(view))) {
      names.set(`${id} ${path}`, name.startsWith(id) ? name : `${id} ${name}`)
    }
  }
  const inOrder = [...names.keys()].filter((it) => texts.some((text) => text.includes(it))).toSorted((a, b) =>
    b.length - a.length
  )
  return (text) => inOrder.reduce((told, written) => replaced(told, written, names.get(written)!), text)
}

/** In place of whole paths only. */
const replaced = (text: string, written: string, name: string): string =>
  text.split(written).reduce((told, rest) => told + (/^[\s;,)]|^$/.test(rest) ? name : written) + rest)
