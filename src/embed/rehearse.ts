/**
 * What a run would do, found out by beginning it: in memory, where bodies do no work and never end. A result that is
 * remembered ends its node as it would in earnest, so that keys, conditions, lists and nested workflows mean the same.
 */
import * as Effect from "effect/Effect"
import { type CacheExplanation, explainRun } from "../engine/observe/explain.ts"
import type { Engine } from "../engine/Engine.ts"
import { planOf } from "../engine/life/plans.ts"
import { start } from "../engine/life/start.ts"
import { Disk } from "../journal/Disk.ts"
import { immediate } from "../journal/immediate.ts"
import type { JournalShape, Reads } from "../journal/Journal.ts"
import { kill, openMemory } from "../journal/memory.ts"
import type { Plan } from "../plan/Plan.ts"
import type { CacheMode } from "../run/cacheMode.ts"
import { isTerminal } from "../run/Phase.ts"
import type { NodeRow } from "../run/State.ts"
import { memoryStore } from "../store/memory.ts"
import type { AnyWorkflow } from "../workflow/Definition.ts"
import type { SomeWorkflow } from "./inspect.ts"
import { makeEngine } from "./makeEngine.ts"
import type { Rehearsal } from "./Rehearsal.ts"
import { type Foreseen, seenOf, shownIn } from "./rehearsed.ts"

/** How often nothing has to happen in a row until nothing happens any more. */
const quietTurns = 5

/** Loads what the first rehearsal would have to wait for. */
export const warmUp = async ({ host }: Engine): Promise<void> => void await host.code()

/** Begins a run of `workflow` in memory, with what `engine` remembers. */
export const rehearse = async (
  engine: Engine,
  workflow: SomeWorkflow,
  input: unknown,
  cache: CacheMode
): Promise<Rehearsal> => {
  const disk = new Disk()
  const journal = openMemory(disk, immediate)
  const { host } = engine
  await host.code()
  const interprets = (workflow as unknown as AnyWorkflow).kept !== undefined
  const foreseen: Array<Foreseen> = []
  let reading = 0
  const counted: Reads["memo"] = (name, key) =>
    Effect.suspend(() => {
      reading++
      return Effect.ensuring(host.journal.reads.memo(name, key), Effect.sync(() => reading--))
    })
  const own = makeEngine(
    withMemos(journal, host.journal.reads, counted),
    host.context,
    { random: () => 0, artifacts: { store: memoryStore() } },
    {},
    { code: host.code, rehearsal: { interprets, foresees: (at, name) => void foreseen.push({ at, name }) } }
  )
  try {
    const row = await Effect.runPromise(start(own, workflow as unknown as AnyWorkflow, input, { cache }))
    await quiet(disk, () => reading)
    const nodes = await Effect.runPromise(journal.reads.nodes(row.key))
    if (interprets) return seenOf(nodes, shownIn(await Effect.runPromise(journal.reads.events(row.key, 0))), foreseen)
    return seen(workflow, nodes, await Effect.runPromise(explainRun(own, row.id)))
  } finally {
    kill(journal)
    await Effect.runPromise(own.abandon)
  }
}

/** A journal in memory that remembers what another one does. */
const withMemos = (journal: JournalShape, reads: Reads, memo: Reads["memo"]): JournalShape => ({
  ...journal,
  reads: {
    ...journal.reads,
    memo,
    memos: reads.memos,
    artifacts: reads.artifacts,
    definition: (digest) =>
      Effect.flatMap(
        journal.reads.definition(digest),
        (own) => own === undefined ? reads.definition(digest) : Effect.succeed(own)
      )
  }
})

const quiet = async (disk: Disk, reading: () => number): Promise<void> => {
  let before = -1
  for (let turns = 0; turns < quietTurns;) {
    await new Promise<void>((resolve) => void immediate(resolve))
    turns = before === disk.groups && reading() === 0 ? turns + 1 : 0
    before = disk.groups
  }
}

const seen = (
  workflow: SomeWorkflow,
  nodes: ReadonlyArray<NodeRow>,
  explained: ReadonlyArray<CacheExplanation>
): Rehearsal => {
  const rows = new Map(nodes.map((row) => [row.path, row]))
  const told = new Map(explained.map((it) => [it.node, it]))
  const leaves = nodes.filter(({ kind }) => kind === "task" || kind === "suspend")
  return {
    runs: leaves.filter(({ phase }) => !isTerminal(phase)).map(({ path }) => ({
      node: path,
      changed: changedIn(told.get(path))
    })),
    mayRun: notBegun(planOf(workflow as unknown as AnyWorkflow), "", rows),
    reused: leaves.filter(({ path }) => told.get(path)?.reused !== undefined).map(({ path }) => path)
  }
}

const changedIn = (it: CacheExplanation | undefined): ReadonlyArray<string> =>
  it?.nearest === undefined
    ? []
    : it.parts.filter(({ same }) => !same).flatMap(({ differ, part }) =>
      part === "code" && differ.length > 0 ? differ : [part === "input" && differ.length > 0 ? `input ${differ}` : part]
    )

const notBegun = (plan: Plan, above: string, rows: ReadonlyMap<string, NodeRow>): ReadonlyArray<string> =>
  plan.nodes.flatMap(({ def, name, plan: nested }) => {
    const row = rows.get(above + name)
    if (row === undefined) return [above + name]
    const isOpen = nested !== undefined && def.map === undefined && !isTerminal(row.phase)
    return isOpen ? notBegun(nested, `${above}${name}/`, rows) : []
  })
