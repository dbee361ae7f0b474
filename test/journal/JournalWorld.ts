/**
 * What the contract suite needs of a journal: storage that
 * several processes open, and a way to declare one of them dead.
 */
import * as Effect from "effect/Effect"
import type { Asked } from "./answers.ts"
import type { Notice, Write } from "../../src/journal/Journal.ts"
import type { JournalError } from "../../src/journal/JournalError.ts"
import type { Take } from "../../src/lock/Permit.ts"
import type { NodeRow, RunRow } from "../../src/run/State.ts"

/** One storage, opened any number of times. */
export interface JournalWorld {
  /** Opens it as one more process. */
  readonly open: () => Asked | Promise<Asked>
  /** Declares a process dead that still runs. */
  readonly fence: (journal: Asked) => void | Promise<void>
  /** Lets pending turns and messages happen. */
  readonly tick: () => Promise<void>
  /** Closes what is open and removes the storage. */
  readonly dispose: () => void | Promise<void>
}

/** Waits until a condition holds; the test's time limit bounds it. */
export const until = async (world: JournalWorld, condition: () => boolean | Promise<boolean>): Promise<void> => {
  while (!await condition()) await world.tick()
}

/** Appends and waits for the answer. */
export const append = async (
  world: JournalWorld,
  journal: Asked,
  writes: ReadonlyArray<Write>
): Promise<JournalError | undefined> => {
  const answers: Array<JournalError | undefined> = []
  journal.append(writes, (error) => answers.push(error))
  await until(world, () => answers.length > 0)
  return answers[0]
}

/** Closes a journal and waits until its storage has let go of it. */
export const close = (journal: Asked): Promise<void> => Effect.runPromise(journal.closed)

/** The reason with which a question fails. */
export const reasonOf = async (ask: () => unknown): Promise<string | undefined> => {
  try {
    await ask()
    return undefined
  } catch (error) {
    return (error as JournalError).reason
  }
}

/** Collects the notices of a journal. */
export const noticesOf = (journal: Asked): Array<Notice> => {
  const notices: Array<Notice> = []
  journal.subscribe((notice) => notices.push(notice))
  return notices
}

/** A run row with plain contents. */
export const runRow = (journal: Asked, id: string, fields: Partial<RunRow> = {}): RunRow => ({
  key: journal.nextKey(),
  id,
  workflow: "report",
  digest: "d1",
  kind: "typed",
  definition: null,
  phase: "Running",
  reason: null,
  message: null,
  epoch: 1,
  priority: 0,
  labels: { team: "blue" },
  owner: journal.process,
  suspended: false,
  stopping: null,
  held: null,
  origin: null,
  createdAt: 1_795_000_000_000,
  startedAt: 1_795_000_000_001,
  finishedAt: 0,
  inputSeq: 1,
  resultSeq: 0,
  deleteAt: 0,
  ...fields
})

/** A node row with plain contents. */
export const nodeRow = (run: number, path: string, fields: Partial<NodeRow> = {}): NodeRow => ({
  run,
  path,
  kind: "task",
  phase: "Running",
  reason: null,
  message: null,
  epoch: 1,
  attempt: 1,
  base: 0,
  attempts: 0,
  reruns: 0,
  waiting: null,
  until: 0,
  progress: null,
  startedAt: 1_795_000_000_002,
  finishedAt: 0,
  inputSeq: 2,
  signalSeq: 0,
  resultSeq: 0,
  ...fields
})

/** An event of a run. */
export const event = (run: number, seq: number, path: string | null = null): Write => ({
  kind: "event",
  row: { run, seq, at: 1_795_000_000_000 + seq, type: "RunSuspended", path, data: `{"type":"RunSuspended","n":${seq}}` }
})

/** A request; `takes` is a list, or one name of which one permit is taken. */
export const request = (run: number, path: string, takes: string | ReadonlyArray<Take>, priority = 0): Write => ({
  kind: "request",
  row: { run, path, priority, takes: typeof takes === "string" ? [{ name: takes, weight: 1 }] : takes },
  at: 1_795_000_000_500
})

/** Gives back what a path holds or waits for. */
export const release = (run: number, path: string): Write => ({ kind: "release", run, path })

/** A limit that is told. */
export const semaphore = (name: string, limit: number | null, problem: string | null = null): Write => ({
  kind: "semaphore",
  row: { name, limit, per: null, source: "code", problem }
})

/** A rate. */
export const rate = (name: string, limit: number | null, per: number): Write => ({
  kind: "semaphore",
  row: { name, limit, per, source: "code", problem: null }
})

/** Creates a run and waits until it is stored; returns its row. */
export const createRun = async (
  world: JournalWorld,
  journal: Asked,
  id: string,
  fields: Partial<RunRow> = {}
): Promise<RunRow> => {
  const row = runRow(journal, id, fields)
  const error = await append(world, journal, [{ kind: "create", row }])
  if (error !== undefined) throw error
  return row
}
