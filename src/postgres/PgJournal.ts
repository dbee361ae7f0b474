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
import type { Append } from "../journal/Append.ts"
import type { JournalShape, Notice } from "../journal/Journal.ts"
import { JournalError } from "../journal/JournalError.ts"
import { Listeners } from "../journal/Listeners.ts"
import type { Reads } from "../journal/Reads.ts"
import { closedError, fencedError } from "../journal/refusals.ts"
import { runKey } from "../journal/runKey.ts"
import { asking, later, surely } from "./answers.ts"
import { type Changed, Changes, type News } from "./Changes.ts"
import { Claims } from "./Claims.ts"
import { Commits } from "./Commits.ts"
import { Deletions } from "./Deletions.ts"
import type { Lease } from "./Lease.ts"
import type { Link } from "./Link.ts"
import { artifactReadsOf, Asker, readsOf } from "./Reader.ts"
import type { Ring } from "./Ring.ts"
import { storeGroup } from "./storeGroup.ts"
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
  readonly #claims: Claims
  readonly #deletions: Deletions
  #keys = 0
  #ids = 0
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
    this.#claims = new Claims({
      self: this.#self,
      ask: this.#ask,
      commits: this.#commits,
      changes: this.#changes,
      told: () => this.#told,
      heard: (changed) => this.#heard(changed),
      moved: (runs) => this.#announce(runs)
    })
    this.#deletions = new Deletions(this.#ask)
    this.#deletions.wake()
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
      claims: asking(this.#claims.now, () => this.#checkOpen()),
      artifacts: {
        file: this.#parts.identity,
        nextId: () => `${this.#self.toString(36)}.${(++this.#ids).toString(36)}`,
        whenMarked: (then) => this.#deletions.whenDone(then)
      },
      subscribe: (listener) => this.#listeners.add(listener),
      watch: () => this.#watches.add(),
      close: () => void this.#close(),
      closed: surely(() => this.#close())
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
    // A server that has forgotten the latest changes counts grants anew.
    this.#told = 0
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
      collect: (now: number, stores: ReadonlyArray<string>, limit: number) => this.#claims.collect(now, stores, limit)
    }
    return { ...asking(readsOf(this.#ask, this.#self), check), artifacts: asking(artifacts, check) } as Reads
  }

  async #commit(group: ReadonlyArray<Append>): Promise<void> {
    const stored = await storeGroup(
      group,
      (values) => this.#changes.make("commit_group", [this.#told, ...values])
    )
    if (stored?.state === "again") this.#lookForNews()
    if (stored?.left === true || stored?.state === "again") this.#deletions.wake()
    if (stored !== undefined) this.#news = stored.news ?? undefined
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

  /** What came with the answer to a change. */
  #heard({ news, state }: Changed): void {
    if (state === "again") this.#lookForNews()
    if (news !== undefined && news !== null) this.#parts.turn(() => this.#tellNews(news))
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

  #announce(runs: ReadonlyArray<number>): void {
    this.#commits.forgive(runs)
    if (runs.length === 0) return
    this.#parts.turn(() => {
      if (!this.#isClosed) this.#committed(new Set(runs))
    })
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
    this.#deletions.close()
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
