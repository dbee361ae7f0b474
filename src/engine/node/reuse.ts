/**
 * Results that are reused by what they were made of: before a node works, whether somebody has the result already; when
 * it has succeeded, what is remembered of it.
 *
 * Does not own: keys (`reuse/key.ts`), what the code is (`reuse/Code.ts`), the table (the journal).
 *
 * Invariants
 * - R1 A hit's output is byte for byte that of an earlier success with equal parts.
 * - R2 An entry is written in the append of its node's success, and nowhere else.
 * - R3 For one key at most one attempt works at a time, in all processes: it holds a permit that bears the key. A body
 *   that calls others gives it back, and one that works inside of what holds permits asks for none: others that wait
 *   for the key may want those permits, and neither would ever go on.
 * - R9 A hit takes no permit, no slot and no attempt, and is one event.
 */
import * as Effect from "effect/Effect"
import type { MemoRow, Write } from "../../journal/Journal.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import { schemaDigest } from "../../plan/digest.ts"
import type { Code, CodeReader } from "../../reuse/Code.ts"
import { canonical, digestText, inputPart, keyOf } from "../../reuse/key.ts"
import type { CacheNote, CachePart, Json } from "../../run/Event.ts"
import { handlesIn } from "../../run/handles.ts"
import type { NodeRow } from "../../run/State.ts"
import { type CacheDef, type Dependencies, isTold } from "../../workflow/Cache.ts"
import { othersOf } from "../../workflow/Site.ts"
import { json } from "../../workflow/admit.ts"
import type { LiveNode, NodeSpec, Work } from "../Live.ts"
import type { Reuse } from "./Reusable.ts"
import { inFlight } from "../permits/flight.ts"
import { permitsOf } from "../permits/permits.ts"
import { memoWrites, rememberedDurably } from "./memo.ts"
import type { NodeEnd } from "./NodeEnd.ts"
import { fromText } from "./value.ts"
import { whileSuspended } from "./whileSuspended.ts"

/**
 * Ends a node with the result that is remembered, or has it computed: `compute` begins it. One that began in an earlier
 * life goes on, since what lies beneath it may have been made by other code: it is not remembered then.
 */
export const unlessKnown = <E>(
  live: LiveNode,
  spec: NodeSpec,
  reuse: Reuse,
  work: Work,
  row: NodeRow | undefined,
  compute: () => Effect.Effect<NodeEnd, E>
): Effect.Effect<NodeEnd, E | JournalError> =>
  Effect.gen(function* () {
    if (live.run.cacheMode === "off") return yield* compute()
    live.cache = yield* noteOf(live, reuse, work)
    if ("off" in live.cache) return yield* compute()
    const known = row?.phase === "Running" ? undefined : yield* find(live, reuse, work)
    if (known !== undefined) return known
    if (isBegun(live, row)) live.cache = { name: nameOf(reuse), off: begunBefore }
    else if (live.run.cacheMode === "use" && reuse.def.given.singleFlight !== false) {
      live.flight = inFlight(live, permitsOf(live, spec), live.cache.key)
    }
    return yield* compute()
  })

/**
 * Looks again once nobody else computes the same: whoever did may have left its result. Not while the run is suspended,
 * since others wait for what this node holds: to begin gives that back until the run is resumed.
 */
export const unlessComputed = <E>(
  live: LiveNode,
  reuse: Reuse,
  work: Work,
  compute: Effect.Effect<NodeEnd, E>
): Effect.Effect<NodeEnd, E | JournalError> =>
  Effect.suspend(() => {
    if (isSuspended(live)) return compute
    return Effect.flatMap(find(live, reuse, work), (known) => known === undefined ? compute : Effect.succeed(known))
  })

const isSuspended = ({ handler, run }: LiveNode): boolean => run.suspended && !handler

const begunBefore = "an earlier life of the run left something beneath it"

const isBegun = (live: LiveNode, row: NodeRow | undefined): boolean =>
  row !== undefined && (row.phase === "Running" || row.epoch > 1) &&
  [...live.run.ledger.nodes.keys()].some((path) =>
    path.startsWith(live.path) && isBeneath(path.slice(live.path.length))
  )

const isBeneath = (rest: string): boolean => rest.startsWith("/") || rest.startsWith("#")

/** Under which key a result will be remembered, or why it will not. */
const noteOf = (live: LiveNode, reuse: Reuse, work: Work): Effect.Effect<CacheNote> =>
  Effect.gen(function* () {
    const name = nameOf(reuse)
    const why = whyNot(live, reuse)
    if (why !== undefined) return { name, off: why }
    const code = yield* codeOf(live, reuse)
    if ("why" in code) return { name, off: code.why }
    try {
      const depends = dependsOf(reuse, work)
      const reader = needsFiles(depends) ? yield* Effect.promise(live.run.host.code) : undefined
      const own = partsOf(reuse, work, code.digest)
      const parts = [...own, ...dependencies(depends, reader)]
      if (reader !== undefined) {
        live.making = { ...live.making, keyNow: () => keyOf([...own, ...dependencies(depends, reader)]) }
      }
      return { name, key: keyOf(parts), parts }
    } catch (error) {
      return { name, off: error instanceof Error ? error.message : String(error) }
    }
  })

/** The result that a node's key stands for, where there is one that may be used. */
const find = (live: LiveNode, reuse: Reuse, work: Work): Effect.Effect<NodeEnd | undefined, JournalError> =>
  Effect.gen(function* () {
    const { def } = reuse
    const note = live.cache
    if (note === undefined || "off" in note || !mayRead(live)) return undefined
    const row = yield* rememberedDurably(live, cacheOf(note.name), note.key)
    if (row === undefined || row.createdAt + def.ttl <= live.run.host.now()) return undefined
    if (isSuspended(live)) {
      yield* whileSuspended(live)
      // It may have been forgotten meanwhile, or be too old.
      return yield* find(live, reuse, work)
    }
    const { host } = live.run
    return endOf(row, JSON.parse(work.text) as Json, host.memos.used(row, host.now()))
  })

const endOf = (
  { createdAt, key, millis, path, runId, value }: MemoRow,
  input: Json,
  together: ReadonlyArray<Write>
): NodeEnd => ({
  phase: "Succeeded",
  text: value,
  origin: { told: { from: runId, input, reused: { path, key, at: createdAt, millis } }, together }
})

/** The entries that are written with the end of a node that succeeded by its own work. */
export const rememberedWrites = (live: LiveNode, { reuse }: NodeSpec, end: NodeEnd): ReadonlyArray<Write> =>
  end.phase === "Succeeded" && (live.memo !== undefined || live.cache !== undefined || end.origin !== undefined)
    ? [...memoWrites(live), ...reuseWrites(live, end, reuse?.def.ttl), ...end.origin?.together ?? []]
    : none

const reuseWrites = (
  live: LiveNode,
  { origin, text = "null" }: NodeEnd,
  ttl: number | undefined
): ReadonlyArray<Write> => {
  const note = live.cache
  if (origin !== undefined || note === undefined || "off" in note || !mayWrite(live)) return none
  if (isChanged(live, note.key)) return none
  const { host, ledger } = live.run
  const createdAt = host.now()
  const millis = Math.max(0, createdAt - (ledger.nodes.get(live.path)?.startedAt ?? createdAt))
  const parts = JSON.stringify(note.parts)
  const where = { runId: ledger.row.id, path: live.path }
  const row = { cache: cacheOf(note.name), key: note.key, value: text, createdAt, ...where, parts, millis }
  return host.memos.remembered(row, handlesIn(text), { code: live.making?.code, ttl })
}

/** What was changed while the body read it makes a result of neither state. */
const isChanged = ({ making }: LiveNode, key: string): boolean => {
  try {
    return making?.keyNow !== undefined && making.keyNow() !== key
  } catch {
    return true
  }
}

const none: ReadonlyArray<Write> = []

const nameOf = ({ def, task }: Reuse): string => def.given.name ?? task.name

/** Results of tasks are apart from those of manifests. */
const cacheOf = (name: string): string => `task/${name}`

const mayRead = (live: LiveNode): boolean => {
  const mode = live.run.cacheMode
  if (mode !== "use" && mode !== "read") return false
  // What a retry of the run does again is computed again, unless it says otherwise.
  return live.run.readsAgain || (live.run.ledger.nodes.get(live.path)?.epoch ?? 1) === 1
}

const mayWrite = (live: LiveNode): boolean => live.run.cacheMode !== "read"

/** Why nothing is reused here, whatever the key. */
const whyNot = (live: LiveNode, { def, task }: Reuse): string | undefined => {
  const { version } = def.given
  if (!isTold(def.given) && def.site.isAmbiguous) {
    return alike
  }
  if (version === undefined && task.services.length > 0) return "it uses services, whose code is not looked at"
  if (live.run.host.bodyOf(task) !== task.run) return "its body is replaced"
  return undefined
}

const alike = "tasks of its name are defined in the same files with different functions"

/** Whether another function of this name is made of the same files, reached by another way. */
const isShared = (reader: CodeReader, name: string, { given, site }: CacheDef, { digest }: Code): boolean =>
  !isTold(given) && othersOf(name, site).some((other) => {
    const code = reader.codeOf(other)
    return "digest" in code && code.digest === digest
  })

const codeOf = (
  live: LiveNode,
  { def, task }: Reuse
): Effect.Effect<{ readonly digest: string } | { readonly why: string }> => {
  const { version } = def.given
  const { host } = live.run
  if (version !== undefined) return Effect.succeed({ digest: `v:${version}` })
  return Effect.map(Effect.promise(host.code), (reader) => {
    const code = reader.codeOf(def.site)
    if (!("why" in code) && isShared(reader, nameOf({ def, task }), def, code)) return { why: alike }
    if ("why" in code) return code
    live.making = { code }
    const writes = host.memos.code(code)
    if (writes.length > 0) host.journal.append(writes)
    return code
  })
}

/** What its author says that a result depends on. Throws what the author's function throws. */
const dependsOf = ({ def: { given: { dependsOn = {} } }, task }: Reuse, work: Work): Dependencies =>
  typeof dependsOn === "function" ? dependsOn(fromText(task.input, work.text)) : dependsOn

const needsFiles = ({ env = [], files = [] }: Dependencies): boolean => env.length + files.length > 0

/** All else that the result depends on. Throws what the author's function throws. */
const partsOf = ({ def, task }: Reuse, work: Work, code: string): ReadonlyArray<CachePart> => {
  const { key } = def.given
  return [
    ["name", nameOf({ def, task })],
    ["code", code],
    inputPart(key === undefined ? JSON.parse(work.text) as Json : jsonOf(key(fromText(task.input, work.text)))),
    ["output", schemaDigest(task.output)],
    ["errors", task.error === undefined ? "none" : schemaDigest(task.error)]
  ]
}

/** As JSON; anything else would lose what tells it from others, as all maps are `{}`. */
const jsonOf = (value: unknown): Json => {
  const fault = value === undefined ? { what: "is undefined" } : json(value)
  if (fault !== undefined) throw new TypeError(`what its key is made of ${fault.what}`)
  return JSON.parse(JSON.stringify(value)) as Json
}

const dependencies = (
  { env = [], files = [], values = {} }: Dependencies,
  reader: CodeReader | undefined
): ReadonlyArray<CachePart> =>
  [
    ...env.map((name) => [`env ${name}`, reader!.digestOfEnv(name)] as const),
    ...files.map((path) => [`file ${path}`, reader!.digestOf(path)] as const),
    ...Object.entries(values).map(([name, value]) => [`value ${name}`, digestText(canonical(jsonOf(value)))] as const)
  ].sort(([a], [b]) => a < b ? -1 : 1)
