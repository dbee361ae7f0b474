/** When the nodes of two runs worked, each counted from the beginning of its run, so that they lie on one another. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../journal/JournalError.ts"
import { readRun } from "./readRun.ts"
import type { RunSource } from "./RunSource.ts"
import { everyNode, type NodeView, type RunView, works } from "./RunView.ts"

/** When a node worked, in milliseconds. */
export interface Worked {
  readonly phase: string
  /** Since its run began. */
  readonly from: number
  /** How long, or until now. */
  readonly millis: number
}

/** A node of either run; a side is absent where it is not there, or has not begun. */
export interface OverlayRow {
  readonly name: string
  readonly left?: Worked
  readonly right?: Worked
}

/** The nodes that work of two runs that are there, in the order of the first, then those that only the second has. */
export const readOverlay = (
  source: RunSource,
  left: string,
  right: string
): Effect.Effect<ReadonlyArray<OverlayRow>, JournalError> =>
  Effect.gen(function* () {
    const [was, is] = [yield* readRun(source, left, "none"), yield* readRun(source, right, "none")]
    return was === undefined || is === undefined ? [] : overlay(workedIn(was, source.now()), workedIn(is, source.now()))
  })

type ByName = ReadonlyMap<string, Worked>

/** Two runs on one another. */
export const overlay = (left: ByName, right: ByName): ReadonlyArray<OverlayRow> =>
  [...new Set([...left.keys(), ...right.keys()])].map((name) => ({
    name,
    ...side("left", left.get(name)),
    ...side("right", right.get(name))
  }))

const side = (name: "left" | "right", worked: Worked | undefined): object =>
  worked === undefined ? {} : { [name]: worked }

/** When the nodes of a run worked, by their names within it. */
export const workedIn = (run: RunView, now: number): ByName => {
  const begin = run.startedAt || run.createdAt
  const nodes = everyNode(run).filter((node) => works(node) && node.startedAt > 0)
  return new Map(nodes.map((node) => [nameIn(run, node), {
    phase: node.phase,
    from: Math.max(0, node.startedAt - begin),
    millis: (node.finishedAt || now) - node.startedAt
  }]))
}

/** Names of manifests begin with the name of their run, which differs. */
const nameIn = (run: RunView, { name }: NodeView): string =>
  run.isManifest && name.startsWith(run.name) ? name.slice(run.name.length).replace(/^\./, "") || "(root)" : name
