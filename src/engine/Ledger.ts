/**
 * The record of one live run: the fold of its events so far, and the only way to add one.
 *
 * Owns: the run's row, its node rows, the next sequence number, the
 * texts of results that were recorded before this process took over.
 * Does not own: when something is recorded, what follows from it.
 * Invariants
 * - L1 Rows in memory and rows in storage are the same fold; both change in one append.
 * - L2 After `lose` nothing is recorded any more: the run belongs to somebody else or storage is gone.
 */
import * as Effect from "effect/Effect"
import type { JournalShape, Write } from "../journal/Journal.ts"
import type { JournalError } from "../journal/JournalError.ts"
import { fencedError } from "../journal/refusals.ts"
import { EventWrite, NodeWrite } from "../journal/writes.ts"
import { type Deed, deedKey, deedOf, deedSpace } from "../run/deed.ts"
import { bounded, type TextBounds } from "../run/bounded.ts"
import type { Ending, NodeEvent, Origin, Recorded, RunEvent, StartRule } from "../run/Event.ts"
import { handlesIn } from "../run/handles.ts"
import { deletionOf } from "../run/retention.ts"
import type { Retention } from "../workflow/Retention.ts"
import { evolveNode, evolveRun, resetBy, rowsReset } from "../run/evolve.ts"
import type { NodeRow, RunRow } from "../run/State.ts"
import type { RunSpans } from "../trace/RunSpans.ts"
import { nodeText, runText } from "./eventText.ts"
import type { FactsTold } from "./Heard.ts"
import type { Tracing } from "./life/tracing.ts"
import type { Untold } from "./life/Untold.ts"
import { Mask } from "./node/Mask.ts"
import { nothing } from "./node/NodeEnd.ts"
import { NodeRows } from "./NodeRows.ts"

/** Told how an append ended. */
type Stored = ((error: JournalError | undefined) => void) | undefined

const noWrites: ReadonlyArray<Write> = []
const always = (): boolean => true
const nothingMore = (): void => {}

interface Meter {
  /** Whether there is something to count. */
  readonly note: (event: NodeEvent, at: number, row: NodeRow) => boolean
  /** The first that was noted is durable. */
  readonly count: () => void
}

/** The record of one live run. */
export class Ledger {
  readonly nodes: NodeRows = new NodeRows()
  #texts: Map<number, string> | undefined
  #failures: Map<number, Pick<Ending, "error" | "cause">> | undefined
  #attempts: Map<string, Array<Recorded>> | undefined
  /** What no fact may hold: the secrets that bodies of the run have read. */
  readonly mask: Mask = new Mask()
  /** The number of the last event that was recorded before this life. */
  readonly loaded: number
  row: RunRow
  lost: JournalError | undefined
  #emitted: Set<string> | undefined
  /** Whether the life before left the run in an orderly way; looked up when it is taken over. */
  wasLeft: boolean = false
  /** Whether a node of the run may have started another run. */
  startsRuns: boolean = false
  /** How many lives in a row died before anything of a node was recorded. */
  deaths: number = 0
  /** Whether the run may hold values for nodes that have not begun. */
  keepsEarly: boolean = false
  /** How long the run is kept once it has ended. */
  retention: Retention | undefined
  /** What was decided about it by the start policies of its workflow. */
  rule: StartRule | undefined
  /** The tracing of whoever started the run. */
  tracing: Tracing | undefined
  /** Its spans, where the engine tells of its runs. */
  spans: RunSpans | undefined
  /** What counts facts about its nodes: it notes each as it is recorded, and counts them as they become durable. */
  meter: Meter | undefined
  /** Who is told each fact once it is durable. */
  told: Untold | undefined
  /** Whether it is told of a fact: what is kept until it is durable costs more than the fact. */
  hears: (fact: RunEvent | NodeEvent) => boolean = always
  /** What is written together with its facts, for webhooks. */
  outbox: FactsTold | undefined
  /** Told once when this run can no longer be recorded here. */
  onLost: (error: JournalError, run: number) => void = nothingMore
  #seq: number
  readonly #journal: JournalShape
  /** Which process it is the record of: one that took its place has its own. */
  readonly #process: number
  readonly #now: () => number
  readonly #bounds: TextBounds

  constructor(journal: JournalShape, now: () => number, row: RunRow, seq: number, bounds: TextBounds) {
    this.#bounds = bounds
    this.#journal = journal
    this.#process = row.owner ?? journal.process
    this.#now = now
    this.row = row
    this.loaded = seq
    this.#seq = seq
  }

  // An empty table takes 150 to 200 bytes, and what nearly no run needs would be a fifth of a small one.

  /** Output texts by the sequence number of their event; filled only when a run is taken over or retried. */
  get texts(): Map<number, string> {
    return this.#texts ??= new Map()
  }

  /** Whether there are none of these. */
  get hasNoTexts(): boolean {
    return this.#texts === undefined || this.#texts.size === 0
  }

  /** Recorded failures by the sequence number of their event; filled like `texts`. */
  get failures(): Map<number, Pick<Ending, "error" | "cause">> {
    return this.#failures ??= new Map()
  }

  /** Failed attempts of open nodes, in order; filled like `texts`, since only who takes over has to ask for them. */
  get attempts(): Map<string, Array<Recorded>> {
    return this.#attempts ??= new Map()
  }

  /** Paths of nodes whose metrics have been emitted. */
  get emitted(): Set<string> {
    return this.#emitted ??= new Set()
  }

  /** Whether nothing can be recorded any more, by whatever is still at work. */
  get isOver(): boolean {
    if (this.#process !== this.#journal.process) this.lose(fencedError(this.#process))
    return this.lost !== undefined
  }

  /** Records a fact about the run; `text` is the output of `RunFinished` as JSON text. */
  run(
    fact: RunEvent,
    done?: (error: JournalError | undefined) => void,
    text?: string,
    together: ReadonlyArray<Write> = noWrites
  ): void {
    if (this.isOver) return done?.(this.lost!)
    const at = this.#now()
    const event = this.#withDeletion(bounded(this.mask.hideInFact(fact), this.#bounds), at)
    const seq = ++this.#seq
    if (event.type === "MetricsEmitted") this.emitted.add(event.of)
    const reset = this.#reset(event)
    const row = evolveRun(this.row, event, seq, at)
    this.row = event.type === "RunFinished" ? { ...row, owner: null } : row
    const data = runText(event, text)
    const letters = this.outbox?.writes(this.row, event, { seq, at }) ?? noWrites
    const writes = Array.of<Write>(
      new EventWrite(this.row.key, seq, at, event.type, null, data),
      { kind: "run", row: this.row }
    )
    for (const more of [reset, this.#readers(data), together, letters, this.#deeds(event, seq, at)]) {
      if (more.length > 0) writes.push(...more)
    }
    this.#journal.append(writes, this.#telling(event, seq, at, letters.length === 0 ? done : this.#posting(done)))
  }

  /** What somebody did is also kept apart from the run, which may be deleted. */
  #deeds(event: RunEvent | NodeEvent, seq: number, at: number): ReadonlyArray<Write> {
    const deed = deedOf(event)
    if (deed === undefined) return noWrites
    const { id: run, key, workflow } = this.row
    const data = JSON.stringify({ at, ...deed, run, workflow } satisfies Deed)
    return [{ kind: "cell", space: deedSpace, key: deedKey(at, key, seq), was: null, data }]
  }

  #withDeletion(event: RunEvent, at: number): RunEvent {
    if (event.type !== "RunFinished") return event
    const deleteAt = deletionOf(this.retention, event.ending.phase, at)
    return deleteAt === undefined ? event : { ...event, deleteAt }
  }

  /**
   * Artifacts of other runs whose handles become part of this
   * one's record: they are not deleted while it can read them.
   */
  #readers(data: string): ReadonlyArray<Write> {
    const handles = handlesIn(data)
    return handles.length === 0
      ? noWrites
      : handles.map((artifact) => ({ kind: "reader", artifact, run: this.row.key }) as const)
  }

  /** The origin of a run that comes from this one, with the span that it is linked to. */
  origin(how: Origin["how"]): Origin {
    const { spanId, traceId } = this.spans?.context ?? {}
    const span = spanId === undefined || traceId === undefined ? {} : { span: { traceId, spanId } }
    return { run: this.row.id, how, ...span }
  }

  /** The writes that go with the creation of the run, whose input this is. */
  readersOf(input: string): ReadonlyArray<Write> {
    return this.#readers(input)
  }

  /**
   * Records a fact about a node, `together` with other writes;
   * `text` is its payload as JSON text (input, output or signal).
   */
  node(
    fact: NodeEvent,
    text?: string,
    done?: (error: JournalError | undefined) => void,
    together: ReadonlyArray<Write> = noWrites
  ): void {
    if (this.isOver) return done?.(this.lost!)
    const { at, event, row, seq, writes } = this.#made(fact, text, together)
    this.#journal.append(writes, this.#telling(event, seq, at, this.#counting(event, at, row, done)))
  }

  /** The writes of a fact about a node, to be made together with others: the fact counts here from now on. */
  writes(fact: NodeEvent, text?: string): ReadonlyArray<Write> {
    return this.#made(fact, text, noWrites).writes
  }

  #made(fact: NodeEvent, text: string | undefined, together: ReadonlyArray<Write>) {
    const event = bounded(this.mask.hideInFact(fact), this.#bounds)
    const at = this.#now()
    const seq = ++this.#seq
    const row = evolveNode(this.nodes.get(event.path), event, seq, at, this.row.key, this.row.epoch)
    this.nodes.set(event.path, row)
    const data = text === undefined ? JSON.stringify(event) : nodeText(event, text)
    const { path, type } = event
    const writes = Array.of<Write>(new EventWrite(this.row.key, seq, at, type, path, data), new NodeWrite(row))
    if (together.length > 0) writes.push(...together)
    if (event.type === "NodeSignalled") writes.push(...this.#deeds(event, seq, at))
    const readers = this.#readers(data)
    if (readers.length > 0) writes.push(...readers)
    return { at, event, row, seq, writes }
  }

  #posting(done: Stored): Stored {
    return (error) => {
      if (error === undefined) this.outbox?.stored()
      done?.(error)
    }
  }

  /** Where nothing else waits for a fact, all that have something to count share one answer. */
  #counting(event: NodeEvent, at: number, row: NodeRow, done: Stored): Stored {
    if (this.meter?.note(event, at, row) !== true) return done
    return andThen(this.#count, done)
  }

  readonly #count = (error: JournalError | undefined): void => {
    if (error === undefined) this.meter?.count()
    else this.lose(error)
  }

  #telling(event: RunEvent | NodeEvent, seq: number, at: number, done: Stored): NonNullable<Stored> {
    if (this.told === undefined || !this.hears(event)) return this.#checked(done)
    this.told.note(event, seq, at)
    return andThen(this.#tell, done)
  }

  /** After an error no fact becomes durable any more. */
  readonly #tell = (error: JournalError | undefined): void => {
    if (error === undefined) this.told?.tell()
    else this.lose(error)
  }

  /** The write of a fact that changes no row, to be made together with one that does. */
  fact(fact: Extract<NodeEvent, { readonly type: "ArtifactSaved" }>): Extract<Write, { readonly kind: "event" }> {
    const event = this.mask.hideInFact(fact)
    const row = { run: this.row.key, seq: ++this.#seq, at: this.#now(), type: event.type, path: event.path }
    return { kind: "event", row: { ...row, data: JSON.stringify(event) } }
  }

  /** Records a fact about the run and waits until it is durable. */
  runDurably(event: RunEvent, text?: string): Effect.Effect<void, JournalError> {
    return Effect.callback((resume) => {
      this.run(event, (error) => resume(error === undefined ? Effect.void : Effect.fail(error)), text)
    })
  }

  /** Stops recording for good. What belongs to an earlier number of the process ends nothing that goes on since. */
  lose(error: JournalError): void {
    if (this.lost !== undefined) return
    this.lost = error
    if (this.#process === this.#journal.process) this.onLost(error, this.row.key)
  }

  /** Whether a node began in this epoch. */
  begun(path: string): boolean {
    const row = this.nodes.get(path)
    return row !== undefined && row.phase !== "Pending"
  }

  /** The recorded output of a node that succeeded before this process took over. */
  resultText(row: NodeRow): string {
    return this.texts.get(row.resultSeq) ?? nothing
  }

  readonly #check = (error: JournalError | undefined): void => {
    if (error !== undefined) this.lose(error)
  }

  #checked(done: Stored): NonNullable<Stored> {
    if (done === undefined || done === this.#count) return done ?? this.#check
    return (error) => {
      this.#check(error)
      done(error)
    }
  }

  /** What a node that is as if it had never begun has emitted is emitted again. */
  forget(event: RunEvent): void {
    for (const path of resetBy(event)) this.#emitted?.delete(path)
  }

  #reset(event: RunEvent): ReadonlyArray<Write> {
    if (event.type !== "RunRetried" && event.type !== "RunMigrated") return noWrites
    const rows = rowsReset(this.nodes, event)
    this.forget(event)
    for (const row of rows) this.nodes.set(row.path, row)
    return rows.map((row) => ({ kind: "node", row }) as const)
  }
}

/** One that is told first, and one that may be told after it. */
const andThen = (first: NonNullable<Stored>, then: Stored): NonNullable<Stored> =>
  then === undefined ? first : (error) => {
    first(error)
    then(error)
  }
