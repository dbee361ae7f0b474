/**
 * Delivers letters to webhooks: at least once, whatever process dies.
 *
 * Owns: one alarm, the requests that are under way. Does not own: letters (cells of the state file).
 * Invariants
 * - A letter is stored in the commit of the fact it tells of, and is gone only once it was answered with success, or is
 *   kept among the dead ones.
 * - Who tries a letter has it for `lease`: no two processes try it at once, and one that dies leaves it to be tried.
 * - While a letter waits whose address is known here, an alarm is set, or what is under way looks again at its end.
 * - No address takes another one's turn: each has requests of its own under way, and each request ends in time.
 * - Nothing is kept for ever: a letter that nobody has looked after for a month is given up, and of those that were
 *   given up the latest stay, for some time (`letters.ts`).
 * - One look at a time: an older one sets no alarm over that of a newer one.
 * - What a delivery costs does not depend on how many letters wait: those that are due are read some hundred at a time.
 * - Nothing that a webhook does changes what becomes of a run.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Engine } from "../engine/Engine.ts"
import type { Write } from "../journal/Journal.ts"
import type { JournalError } from "../journal/JournalError.ts"
import type { RunEvent } from "../run/Event.ts"
import type { RunRow } from "../run/State.ts"
import { missing, warnUnsigned } from "./missingSecret.ts"
import { pruneDead } from "./letters.ts"
import { type Post, post } from "./post.ts"
import { givenUp, replaced } from "./letterWrites.ts"
import { type Due, Queue } from "./Queue.ts"
import {
  afterAnswer,
  type Answer,
  bodyOf,
  digestOf,
  headersOf,
  isNobodys,
  type Letter,
  lettersOf,
  reasonOf,
  waitingSpace,
  type Webhook
} from "./Webhook.ts"

export type { Post } from "./post.ts"
export type { Webhook } from "./Webhook.ts"

const lease = 60_000
/** Requests to one address. */
const mostAtOnce = 4
/** For a secret and a request, both of others. */
const patience = 30_000
/** How long an engine that closes waits for what is due. */
const lastPatience = 3_000
const page = 500
const day = 24 * 3_600_000

/** What is written together with facts, and delivered. */
export class Outbox {
  readonly #webhooks: ReadonlyArray<Webhook>
  readonly #known: ReadonlyMap<string, Webhook>
  readonly #post: Post
  /** Ids of letters that are being tried, with their addresses. */
  readonly #underWay = new Map<string, string>()
  /** Whoever waits until nothing is under way. */
  readonly #settling = new Set<() => void>()
  /** What is due and has no place yet. */
  readonly #queue = new Queue()
  /** What was written together with facts that are not durable yet, as far as is known. */
  #fresh: Array<Due> = []
  /** How many it has given up. */
  #dead = 0
  #engine: Engine | undefined
  #look: "none" | "going" | "again" = "none"
  #cancelAlarm: () => void = () => {}
  /** For when the alarm is set. */
  #alarmAt = Infinity
  #lookedAt = -Infinity
  /** The earliest instant that came up while a look was going on. */
  #meanwhile = Infinity

  constructor(webhooks: ReadonlyArray<Webhook>, how: Post = post) {
    this.#webhooks = webhooks
    this.#known = new Map(webhooks.map((it) => [digestOf(it.url), it]))
    this.#post = how
  }

  /** Delivers for an engine from now on, also what earlier processes left. */
  attach(engine: Engine): void {
    this.#engine = engine
    engine.jobs.add(this)
    for (const webhook of this.#webhooks) warnUnsigned(engine, webhook)
    this.wake()
  }

  /** What is written together with a fact about a run. */
  writes(row: RunRow, fact: RunEvent, place: { readonly at: number; readonly seq: number }): ReadonlyArray<Write> {
    return lettersOf(this.#webhooks, row, fact, place).map((letter) => {
      const data = JSON.stringify(letter)
      this.#fresh.push({ letter, data })
      return { kind: "cell", space: waitingSpace, key: letter.id, was: null, data }
    })
  }

  /** Delivers what was written together with facts: of those that are not durable after all, no letter is found. */
  readonly stored = (): void => {
    const engine = this.#engine
    const fresh = this.#fresh
    this.#fresh = []
    if (engine === undefined || engine.closed) return
    for (const due of fresh) this.#queue.add(due)
    // What nobody knows the address of is given up by whoever looks.
    if (engine.host.now() - this.#lookedAt >= day) return this.wake()
    for (const to of new Set(fresh.map(({ letter }) => letter.to))) this.#go(engine, to)
  }

  /** Looks whether something is due. */
  readonly wake = (): void => {
    const engine = this.#engine
    if (engine === undefined || engine.closed) return
    if (this.#look !== "none") return void (this.#look = "again")
    this.#look = "going"
    engine.host.react(Effect.ensuring(this.#lookOnce(engine), Effect.sync(this.#looked)))
  }

  readonly #looked = (): void => {
    const again = this.#look === "again"
    this.#look = "none"
    if (again) this.wake()
    else this.#settled()
  }

  /** Waits until nothing is due or under way, but not for long: an engine is about to close. */
  settle(): Effect.Effect<void> {
    const quiet = Effect.callback<void>((resume) => {
      const tell = (): void => resume(Effect.void)
      this.#settling.add(tell)
      this.wake()
      this.#settled()
      return Effect.sync(() => void this.#settling.delete(tell))
    })
    return Effect.asVoid(Effect.timeoutOption(quiet, lastPatience))
  }

  /** Tries nothing any more; what is under way is tried again by whoever is next. */
  close(): void {
    this.#cancelAlarm()
    this.#engine = undefined
  }

  #lookOnce(engine: Engine): Effect.Effect<void, JournalError> {
    this.#meanwhile = Infinity
    this.#lookedAt = engine.host.now()
    this.#queue.clear()
    return Effect.map(this.#due(engine, "", Infinity), (next) => {
      this.#cancelAlarm()
      this.#alarmAt = Infinity
      this.#alarm(engine, Math.min(next, this.#meanwhile))
    })
  }

  /** Looks at an instant, unless it does so before. */
  #alarm({ host }: Engine, at: number): void {
    this.#meanwhile = Math.min(this.#meanwhile, at)
    if (at >= this.#alarmAt || this.#engine === undefined) return
    this.#cancelAlarm()
    this.#alarmAt = at
    this.#cancelAlarm = host.alarm(at, () => {
      this.#alarmAt = Infinity
      this.wake()
    })
  }

  /** Tries what is due of an address as far as it has places. */
  #go(engine: Engine, to: string): void {
    const webhook = this.#known.get(to)
    while (webhook !== undefined && this.#busy(to) < mostAtOnce) {
      const due = this.#queue.next(to)
      if (due === undefined) return void (this.#queue.isMore(to) && this.wake())
      this.#try(engine, webhook, due.letter, due.data)
    }
  }

  /** Tries what is due from a key on; answers when the next of the others is. */
  #due(engine: Engine, from: string, earliest: number): Effect.Effect<number, JournalError> {
    const { journal: { reads }, now } = engine.host
    return Effect.flatMap(reads.cells(waitingSpace, { from, limit: page }), (cells) => {
      let next = earliest
      for (const { data } of cells) {
        const letter: Letter = JSON.parse(data)
        const webhook = this.#known.get(letter.to)
        // Another process knows it, or the next one that is opened.
        if (webhook === undefined) {
          if (isNobodys(letter, now())) this.#giveUpNobodys(engine, letter, data)
          continue
        }
        const isDue = letter.nextAt <= now()
        // What is due is looked at again even if it is another process that tries it, and dies.
        next = Math.min(next, isDue ? now() + lease : letter.nextAt)
        if (isDue) this.#queue.add({ letter, data })
      }
      for (const to of this.#known.keys()) this.#go(engine, to)
      return cells.length < page ? Effect.succeed(next) : this.#due(engine, `${cells.at(-1)!.key}\u0001`, next)
    })
  }

  #try(engine: Engine, webhook: Webhook, letter: Letter, data: string): void {
    if (this.#underWay.has(letter.id)) return
    const { host } = engine
    const claimed = JSON.stringify({ ...letter, nextAt: host.now() + lease })
    this.#underWay.set(letter.id, letter.to)
    host.journal.append([replaced(letter, data, claimed)], (error) => {
      // Another process has it, or its fact was not stored.
      if (error !== undefined) return this.#refused(engine, letter)
      const delivered = Effect.promise(() => this.#deliver(engine, webhook, letter))
      host.react(
        Effect.map(Effect.timeoutOption(delivered, patience), (answer) =>
          this.#answered(
            engine,
            letter,
            claimed,
            Option.getOrElse(answer, () => tooLate)
          ))
      )
    })
  }

  #busy(to: string): number {
    let many = 0
    for (const other of this.#underWay.values()) if (other === to) many++
    return many
  }

  async #deliver({ host }: Engine, { secret, url }: Webhook, letter: Letter): Promise<Answer> {
    try {
      const key = secret === undefined ? undefined : await host.secrets(secret)
      if (secret !== undefined && key === undefined) {
        return { status: 0, why: missing(secret) }
      }
      const body = bodyOf(letter)
      return await this.#post(url, headersOf(letter, body, host.now(), key), body)
    } catch (error) {
      return { status: 0, why: reasonOf(error, url) }
    }
  }

  /** `was` is what is kept of it now. */
  #giveUp(engine: Engine, letter: Letter, was: string, done?: () => void): void {
    const { host } = engine
    if (this.#dead++ % 100 === 0) host.react(pruneDead(engine))
    host.journal.append(givenUp(letter, was), done)
  }

  /** It is kept as long as any other one that is given up now. */
  #giveUpNobodys(engine: Engine, letter: Letter, was: string): void {
    const { why = "no process names its address any more" } = letter
    this.#giveUp(engine, { ...letter, nextAt: engine.host.now(), why }, was)
  }

  #ended({ id }: Letter): void {
    this.#underWay.delete(id)
    this.#settled()
  }

  #refused(engine: Engine, letter: Letter): void {
    this.#underWay.delete(letter.id)
    if (engine.closed) return this.#settled()
    // If that process dies, it is this one's turn.
    this.#alarm(engine, engine.host.now() + lease)
    this.#go(engine, letter.to)
    this.#settled()
  }

  /** Whoever waits until nothing is due looks again. */
  #settled(): void {
    if (this.#underWay.size > 0 || this.#look !== "none") return
    for (const tell of this.#settling) tell()
  }

  #answered(engine: Engine, letter: Letter, claimed: string, answer: Answer): void {
    const { closed, host } = engine
    if (closed || this.#engine === undefined) return this.#ended(letter)
    const left = afterAnswer(letter, answer, host.now(), host.random())
    // Where it is refused, another process has the letter by now.
    const done = (): void => {
      this.#underWay.delete(letter.id)
      if (engine.closed) return this.#settled()
      if (left?.isDead === false) this.#alarm(engine, left.letter.nextAt)
      this.#go(engine, letter.to)
      this.#settled()
    }
    if (left?.isDead === true) return this.#giveUp(engine, left.letter, claimed, done)
    const data = left === undefined ? null : JSON.stringify(left.letter)
    host.journal.append([replaced(letter, claimed, data)], done)
  }
}

const tooLate: Answer = { status: 0, why: `it took longer than ${patience / 1_000} s` }
