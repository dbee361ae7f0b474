/**
 * The import graph of the sources: who names whom, cycles, and
 * what an entry point reaches. Types count as much as values.
 */
import { posix } from "node:path"
import type { Source } from "./Source.ts"
import type { Violation } from "./Violation.ts"

/** An import of one repository file by another. */
export interface Edge {
  readonly from: string
  readonly to: string
  readonly line: number
}

/** The repository path that a relative specifier names. */
export const resolve = (from: string, specifier: string): string | undefined =>
  specifier.startsWith(".") ? posix.join(posix.dirname(from), specifier) : undefined

/** Every import between the given files. */
export const edges = (sources: ReadonlyArray<Source>): ReadonlyArray<Edge> =>
  sources.flatMap((source) =>
    source.imports.flatMap(({ specifier, line }) => {
      const to = resolve(source.path, specifier)
      return to === undefined ? [] : [{ from: source.path, to, line }]
    })
  )

/** One violation for each edge that lies on a cycle, found by the shortest way back, each cycle told once. */
export const cycles = (sources: ReadonlyArray<Source>): ReadonlyArray<Violation> => {
  const all = edges(sources)
  const outgoing = Map.groupBy(all, (edge) => edge.from)
  const told = new Set<string>()
  return all.flatMap((edge) => {
    const back = shortestPath(outgoing, edge.to, edge.from)
    if (back === undefined) return []
    const key = [...back].sort().join(" ")
    if (told.has(key)) return []
    told.add(key)
    const path = [edge.from, ...back].join(" → ")
    return [{
      file: edge.from,
      line: edge.line,
      message: `imports itself: ${path}. Move what both need into a lower file.`
    }]
  })
}

const shortestPath = (
  outgoing: ReadonlyMap<string, ReadonlyArray<Edge>>,
  start: string,
  goal: string
): ReadonlyArray<string> | undefined => {
  const seen = new Set([start])
  const queue: Array<ReadonlyArray<string>> = [[start]]
  for (const path of queue) {
    const last = path.at(-1) ?? start
    if (last === goal) return path
    for (const { to } of outgoing.get(last) ?? []) {
      if (seen.has(to)) continue
      seen.add(to)
      queue.push([...path, to])
    }
  }
  return undefined
}

/** Files that no entry point reaches. */
export const dead = (sources: ReadonlyArray<Source>, entries: ReadonlyArray<string>): ReadonlyArray<Violation> => {
  const outgoing = Map.groupBy(edges(sources), (edge) => edge.from)
  const reached = new Set(entries)
  for (const file of reached) for (const { to } of outgoing.get(file) ?? []) reached.add(to)
  return sources.filter((source) => !reached.has(source.path)).map((source) => ({
    file: source.path,
    line: 1,
    message: "is reached from no entry of deno.json `exports`. Import it from one, or delete it."
  }))
}
