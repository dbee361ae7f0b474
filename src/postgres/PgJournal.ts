/**
 * A journal on a PostgreSQL database that any number of processes on any number of machines share.
 *
 * Owns: how queue, tables, ownership and notices work together.
 * Does not own: the rules inside the database (`schema/`), who is alive (`Lease.ts`, `Ring.ts`).
 *
 * Invariants
 * - A group is one statement, so no transaction is ever open across the network.
 * - Every change carries its number: an answer that was lost is asked for again and changes nothing (`Changes.ts`).
 * - Notices are only told after what they are about is committed; after a session was lost, all are taken as told.
 */
import * as Effect from "effect/Effect"
import type { Append } from "../journal/Append.ts"
import type { ClaimOptions, JournalShape, Notice } from "../journal/Journal.ts"
import { JournalError } from "../journal/JournalError.ts"
import { Listeners } from "../journal/Listeners.ts"
import type { ClaimsNow, Reads } from "../journal/Reads.ts"
import { closedError, existsError, fencedError, staleError, unknownRunError } from "../journal/refusals.ts"
import { creatorOf, runKey } from "../journal/runKey.ts"
import type { ArtifactRow } from "../run/ArtifactRow.ts"
import type { RunRow } from "../run/State.ts"
import { Changes, type News } from "./Changes.ts"
import { Commits } from "./Commits.ts"
import { groupValues } from "./groupText.ts"
import type { Lease } from "./Lease.ts"
import type { Link } from "./Link.ts"
import { isTakenId, refusedAppend, storageError } from "./pgError.ts"
import { artifactReadsOf, Asker, decodeArtifact, decodeRun, type Later, readsOf } from "./Reader.ts"
import type { Ring } from "./Ring.ts"
import { Watches } from "./Watches.ts"

/** What a journal is made of. */
export interface PgJournalParts {
  readonly lease: Lease
  readonly ring: Ring
  /** For changes, and for everything else. */
  readonly writer: Link
  readonly reader: Link
  readonly identity: string
  /** Milliseconds for which the runs of this process are kept from others when it may not go on. */
  readonly patience: number
  readonly turn: (run: () => void) => void
}

/** One process's journal. */
export class PgJournal {
  readonly #self: number
  readonly #parts: PgJournalParts
  readonly #changes: Changes
  readonly #commits: Commits
  readonly #ask: Asker
  readonly #listeners = new Listeners()
  readonly #watches: Watches
  readonly #reads: Later<ClaimsNow>
  #keys = 0
  #ids = 0
  #sent = 0
  /** Grants up to this number have been told. */
  #told = 0
  #news: News | undefined = undefined
  #isClosed = false
  #closing: Promise<void> | undefined = undefined

  constructor(parts: PgJournalParts) {
    this.#parts = parts
    this.#self = parts.lease.self
    this.#changes = new Changes(parts.writer, this.#self, parts.lease.first)
    this.#ask = new Asker(parts.reader)
    this.#watches = new Watches(this.#ask, this.#self)
    this.#commits = new Commits({
      turn: parts.turn,
      commit: (group) => this.#commit(group),
      committed: (runs) => this.#committed(runs),
      failed: (error) => this.#failed(error)
    })
    this.#reads = this.#claims()
  }

  /** The journal as the engine sees it. */
  shape(): JournalShape {
    return {
      process: this.#self,
      nextKey: () => runKey(this.#self, ++this.#keys),
      append: (writes, done) => {
        if (!this.#isClosed) return this.#commits.append(writes, done)
        this.#parts.turn(() => done?.(closedError()))
      },
      drained: later(() => this.#commits.drained()),
      reads: this.#asked(),
      claims: asking(this.#reads, () => this.#checkOpen()),
      artifacts: {
        file: this.#parts.identity,
        nextId: () => `${this.#self.toString(36)}.${(++this.#ids).toString(36)}`
      },
      subscribe: (listener) => this.#listeners.add(listener),
      watch: () => this.#watches.add(),
      close: () => void this.#close(),
      closed: Effect.promise(() => this.#close())
    }
  }

  /** The number of the latest change that the server has acknowledged. */
  get acknowledged(): number {
    return this.#changes.acknowledged
  }

  /** A notification of another process. */
  told(payload: string): void {
    if (this.#isClosed) return
    const [word, number] = payload.split(" ")
    const isOther = Number(number) !== this.#self
    if (word === "commands") this.#tell({ type: "commands" })
    else if (word === "granted") this.#lookForNews()
    else if (word === "foreign") this.#watches.isOpen && this.#tell({ type: "foreign" })
    else if (word === "watching") this.#watches.refresh()
    else if (word === "freed" && isOther) this.#tell({ type: "freed" })
    else if (word === "died" && !isOther) this.lost(fencedError(this.#self))
    else if ((word === "joined" || word === "died") && isOther) this.#came(word, Number(number))
  }

  /** Notices may have been missed. */
  back(): void {
    if (this.#isClosed) return
    this.#watches.renew()
    this.#lookForNews()
    this.#tell({ type: "commands" })
    this.#tell({ type: "freed" })
    this.#tell({ type: "foreign" })
    void this.#parts.ring.changed()
  }

  /** This process may not go on. */
  lost(error: JournalError): void {
    if (!this.#isClosed) this.#commits.fail(error)
  }

  #came(word: "joined" | "died", process: number): void {
    this.#watches.refresh()
    void this.#parts.ring.changed()
    if (word === "died") this.#tell({ type: "died", process })
  }

  #tell(notice: Notice): void {
    this.#parts.turn(() => {
      if (!this.#isClosed) this.#listeners.tell(notice)
    })
  }

  #checkOpen(): void {
    if (this.#isClosed) throw closedError()
  }

  #asked(): Reads {
    const check = () => this.#checkOpen()
    const artifacts = {
      ...artifactReadsOf(this.#ask),
      collect: (now: number, stores: ReadonlyArray<string>, limit: number) => this.#collect(now, stores, limit)
    }
    return { ...asking(readsOf(this.#ask, this.#self), check), artifacts: asking(artifacts, check) } as Reads
  }

  #claims(): Later<ClaimsNow> {
    return {
      claim: (options) => this.#claim(options),
      release: (runs) => this.#release(runs, false),
      offer: (runs) => this.#release(runs, true),
      send: (run, verb, args) => this.#send(run, verb, args),
      break: async (run, path) => {
        await this.#commits.drained()
        return (await this.#change("break_permit", [run, path])) as boolean
      }
    }
  }

  async #commit(group: ReadonlyArray<Append>): Promise<void> {
    for (;;) {
      const values = groupValues(group)
      if (group.every(({ error }) => error !== undefined)) return
      try {
        const { news, state } = await this.#changes.make("commit_group", [this.#told, ...values])
        if (state === "again") this.#lookForNews()
        this.#news = news ?? undefined
        return
      } catch (error) {
        // Somebody else creates a run of the same id at the same time: now it is there.
        if (!isTakenId(error) && !refuses(error, group)) throw storageError(error)
      }
    }
  }

  #committed(runs: ReadonlySet<number>): void {
    this.#watches.committed()
    this.#listeners.tell({ type: "committed", runs })
    const news = this.#news
    this.#news = undefined
    if (news !== undefined) this.#tellNews(news)
  }

  #tellNews({ grants, refills }: News): void {
    for (const { granted, path, run } of grants ?? []) {
      if (this.#isClosed) return
      if (granted <= this.#told) continue
      this.#told = granted
      this.#listeners.tell({ type: "granted", run, path })
    }
    for (const { at, name } of refills ?? []) {
      if (!this.#isClosed) this.#listeners.tell({ type: "refill", name, at })
    }
  }

  #lookForNews(): void {
    const look = this.#ask.one(
      (row) => row["news"] as News,
      "SELECT look_for_news($1, $2) AS news",
      this.#self,
      this.#told
    )
    look.then(
      (news) => this.#parts.turn(() => this.#tellNews(news!)),
      // Whoever asks next hears why.
      () => {}
    )
  }

  async #change(name: string, values: ReadonlyArray<unknown>): Promise<unknown> {
    if (this.#commits.failure !== undefined) throw this.#commits.failure
    try {
      const { news, state, value } = await this.#changes.make(name, [this.#told, ...values])
      if (state === "again") this.#lookForNews()
      if (news !== undefined && news !== null) this.#parts.turn(() => this.#tellNews(news))
      return value
    } catch (error) {
      const told = storageError(error)
      if (!told.concernsOneAppend) this.#commits.fail(told)
      throw told
    }
  }

  async #claim({ kinds = [], run, workflows }: ClaimOptions): Promise<ReadonlyArray<RunRow>> {
    await this.#commits.drained()
    const rows = await this.#change("claim_runs", [workflows ?? null, kinds, run ?? null])
    const claimed = (rows as ReadonlyArray<never> ?? []).map(decodeRun)
    this.#announce(claimed.map(({ key }) => key))
    return claimed
  }

  async #release(runs: ReadonlyArray<number>, offers: boolean): Promise<void> {
    await this.#commits.drained()
    this.#announce(await this.#change("release_runs", [runs, offers]) as ReadonlyArray<number>)
  }

  #announce(runs: ReadonlyArray<number>): void {
    this.#commits.forgive(runs)
    if (runs.length === 0) return
    this.#parts.turn(() => {
      if (!this.#isClosed) this.#committed(new Set(runs))
    })
  }

  async #send(run: number, verb: string, args: string): Promise<number> {
    if (this.#commits.failure !== undefined) throw this.#commits.failure
    const token = `${this.#self}.${++this.#sent}`
    const isOwn = creatorOf(run) === this.#self
    const id = await this.#ask.one(
      (row) => row["id"] as number | null,
      "SELECT send_command($1, $2, $3, $4, $5, $6) AS id",
      this.#self,
      token,
      run,
      isOwn,
      verb,
      args
    )
    if (id === null || id === undefined) throw unknownRunError(String(run))
    return id
  }

  async #collect(now: number, stores: ReadonlyArray<string>, limit: number): Promise<ReadonlyArray<ArtifactRow>> {
    await this.#commits.drained()
    // Mostly there is nothing to do, and then nothing is written.
    if ((await this.#ask.all("SELECT 1 FROM collectable($1, $2) LIMIT 1", now, stores)).length === 0) return []
    const rows = await this.#change("collect", [now, stores, limit === Infinity ? null : limit])
    return (rows as ReadonlyArray<never> ?? []).map(decodeArtifact)
  }

  #failed(error: JournalError): void {
    if (this.#isClosed) return
    this.#tell({ type: "lost", error })
    // Bodies may still be ending: what they work on is given to nobody before.
    setTimeout(() => void this.#parts.lease.close(), this.#parts.patience).unref()
  }

  #close(): Promise<void> {
    return this.#closing ??= this.#shut()
  }

  async #shut(): Promise<void> {
    this.#isClosed = true
    let cause = closedError()
    try {
      await this.#commits.drained()
      await this.#parts.writer.query("SELECT leave($1)", [this.#self])
    } catch (error) {
      // The server cannot be reached: it ends the session by itself, and others take the runs over.
      if (error instanceof JournalError) cause = error
    }
    this.#commits.fail(closedError(), cause)
    await this.#leave(closedError())
  }

  async #leave(error: JournalError): Promise<void> {
    const { lease, reader, ring, writer } = this.#parts
    await ring.close()
    await Promise.all([lease.close(), reader.close(error), writer.close(error), this.#watches.close()])
  }
}

/** Fails the append that the server names as the one it refuses; answers whether it named one. */
const refuses = (error: unknown, group: ReadonlyArray<Append>): boolean => {
  const at = refusedAppend(error)
  const append = at === undefined ? undefined : group[at]
  if (append === undefined) return false
  const made = append.writes.find((write) => write.kind === "create")
  const cell = append.writes.find((write) => write.kind === "cell")
  const isStale = (error as { readonly code?: string }).code === "PN002"
  if (isStale && cell?.kind === "cell") append.error = staleError(cell.space, cell.key)
  else append.error = existsError(made?.kind === "create" ? made.row.id : "")
  return true
}

/** An answer that comes later. */
const later = <A>(look: () => Promise<A>): Effect.Effect<A, JournalError> =>
  Effect.callback((resume) => {
    look().then(
      (answer) => resume(Effect.succeed(answer)),
      (error) => resume(error instanceof JournalError ? Effect.fail(error) : Effect.die(error))
    )
  })

type Asked<A> = {
  readonly [K in keyof A]: A[K] extends (...args: infer P) => Promise<infer R>
    ? (...args: P) => Effect.Effect<R, JournalError>
    : never
}

const asking = <A extends object>(questions: A, check: () => void): Asked<A> =>
  Object.fromEntries(
    Object.entries<(...args: ReadonlyArray<unknown>) => Promise<unknown>>(questions as never).map(([name, ask]) => [
      name,
      (...args: ReadonlyArray<unknown>) =>
        later(async () => {
          check()
          return ask(...args)
        })
    ])
  ) as Asked<A>
