/** Semaphores as people see them: limits, holders, who waits and why; and what can be done by hand. */
import * as Effect from "effect/Effect"
import type { HeldSemaphore, OwnedPermit, Write } from "../../journal/Journal.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import { withActor } from "../actor.ts"
import { deedWrites } from "./audit.ts"
import type { Engine } from "../Engine.ts"
import { pools } from "./pools.ts"
import type { PermitView, SemaphoreView } from "./SemaphoreView.ts"
import { nearest } from "../../workflow/nearest.ts"
import { semaphoresOf } from "../../plan/semaphores.ts"
import { admit, admitOne, flag, text } from "../../workflow/admit.ts"
import { countFault, demand, type Fault, InvalidValue, nameFault, sentence, shown } from "../../workflow/values.ts"
import { familyOf, isShortLived, limitIn, plainName } from "../../workflow/shortLived.ts"
import { reasonFor } from "../../lock/reasonFor.ts"
import { present } from "../../run/view.ts"

export type { PermitView, SemaphoreView } from "./SemaphoreView.ts"

/** All semaphores this state file knows, and the pools that are used as such. */
export const locks = (engine: Engine): Effect.Effect<ReadonlyArray<SemaphoreView>, JournalError> =>
  Effect.gen(function* () {
    const { reads } = engine.host.journal
    const known = yield* reads.semaphores()
    const permits = yield* reads.permits()
    const all = [...known, ...shortLivedIn(permits)]
    const ids = new Map<number, string>()
    for (const run of new Set(permits.map((row) => row.run))) {
      ids.set(run, (yield* reads.getRun(run))?.id ?? String(run))
    }
    return [...all.map((row) => semaphoreView(row, { known: all, permits, ids })), ...yield* pools(reads)]
  })

/** Those that are there as long as somebody asks for them. */
const shortLivedIn = (permits: ReadonlyArray<OwnedPermit>): ReadonlyArray<HeldSemaphore> => {
  const held = new Map<string, number>()
  for (const { grantedAt, takes } of permits) {
    for (const { name, weight } of takes) held.set(name, (held.get(name) ?? 0) + (grantedAt === 0 ? 0 : weight))
  }
  return [...held].flatMap(([name, sum]) => {
    const limit = limitIn(name)
    return limit === null ? [] : [{ name, limit, per: null, source: "code", problem: null, held: sum }]
  })
}

interface Held {
  readonly known: ReadonlyArray<HeldSemaphore>
  readonly permits: ReadonlyArray<OwnedPermit>
  /** Ids of runs by their keys. */
  readonly ids: ReadonlyMap<number, string>
}

const semaphoreView = (semaphore: HeldSemaphore, all: Held): SemaphoreView => {
  const { held, limit, name, per, problem, source } = semaphore
  const rows = all.permits.filter(({ takes }) => takes.some((take) => take.name === name))
  const views = rows.map((row) => permitView(name, row, all))
  return {
    name: plainName(name),
    ...present({ family: familyOf(name) ?? null }),
    ...present({ limit, per }),
    source,
    ...present({ problem }),
    held,
    holders: per === null ? views.filter(({ reason }) => reason === undefined) : [],
    queue: views.filter(({ reason }) => reason !== undefined)
  }
}

const permitView = (name: string, row: OwnedPermit, { ids, known, permits }: Held): PermitView => {
  const semaphores = new Map(known.map((row) => [row.name, row]))
  const nameOf = ({ path, run }: { readonly path: string; readonly run: number }) =>
    `${ids.get(run)}${path === "" ? "" : ` ${path}`}`
  const reason = row.grantedAt === 0 ? reasonFor(row, { semaphores, permits, nameOf }) ?? soonOr(row) : null
  return {
    run: ids.get(row.run)!,
    node: row.path,
    weight: row.takes.find((take) => take.name === name)?.weight ?? 0,
    since: row.grantedAt === 0 ? row.askedAt : row.grantedAt,
    ...present({ process: row.owner, reason })
  }
}

/** Nothing keeps it but perhaps that there is nobody to work: a request without a living process is not served. */
const soonOr = ({ owner }: OwnedPermit): string =>
  owner === null ? "no process executes its run" : "it is about to be granted"

const ofCode = (name: string): Fault => ({ what: `is ${shown(name)}`, hint: "The limit of a key is set in the code" })

/** How a limit is set. */
export interface SetLimitOptions {
  /**
   * Whether the semaphore may be one that nothing has asked for yet.
   * Default false: a mistyped name would be kept, and limit nothing.
   */
  readonly create?: boolean
}

/**
 * Sets the limit of a semaphore whose limit is kept in the state file; waiters hear of it at once, nobody is evicted.
 */
export const setLimit = (
  engine: Engine,
  name: string,
  limit: number,
  options: SetLimitOptions = {}
): Effect.Effect<void, JournalError | InvalidValue> => {
  const { create = false } = admit("the options of setLimit", options, { create: flag })
  demand("the name of a semaphore", nameFault(name) ?? (isShortLived(name) ? ofCode(name) : undefined))
  demand(`the limit of semaphore "${name}"`, countFault(limit))
  return Effect.gen(function* () {
    const { journal } = engine.host
    const stored = yield* journal.reads.semaphores()
    const used = [...engine.workflows.values()].flatMap(semaphoresOf).map(({ semaphore }) => semaphore)
    const known = [...stored, ...used].find((row) => row.name === name)
    if (known === undefined && !create) {
      return yield* Effect.fail(unknownSemaphore(name, [...stored, ...used].map((row) => row.name)))
    }
    const per = known?.per ?? null
    const write: Write = { kind: "semaphore", row: { name, limit, per, source: "state file", problem: null } }
    return yield* withActor(engine.host, (by) => {
      const message = `${name} to ${limit}`
      journal.append([write, ...deedWrites(engine.host, by, { did: "set limit", message })])
      return journal.drained
    })
  })
}

const unknownSemaphore = (name: string, known: ReadonlyArray<string>): InvalidValue => {
  const like = nearest(name, known)
  const hint = like === undefined
    ? "Open the file with its workflows, start one first, or add { create: true } (`locks set … --new`)"
    : `Did you mean "${like}"`
  const what = "is not a semaphore that this file or a registered workflow knows"
  return new InvalidValue({ place: name, message: sentence(`the name "${name}"`, { what, hint }) })
}

/** Takes the permits of a node away by hand; recorded in the node's log. The node itself is not stopped. */
export const breakPermit = (engine: Engine, run: string, node: string): Effect.Effect<boolean, JournalError> => {
  admitOne("the run whose permits are taken away", run, text)
  admitOne("the node whose permits are taken away", node, text)
  return Effect.gen(function* () {
    const { journal, now } = engine.host
    const row = yield* journal.reads.findRun(run)
    if (row === undefined || !(yield* journal.claims.break(row.key, node))) return false
    const text = "Its permits were revoked"
    const line: Write = { kind: "log", row: { run: row.key, path: node, attempt: 0, at: now(), level: "warn", text } }
    yield* withActor(engine.host, (by) => {
      const deed = { did: "break permit", run, workflow: row.workflow, node }
      journal.append([line, ...deedWrites(engine.host, by, deed)])
      return journal.drained
    })
    return true
  })
}
