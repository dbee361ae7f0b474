/**
 * A run that is looked at: its history, kept up to date by what is told, and what else the server knows of it. The
 * server says once how it stands, and from there on events do: rows come by two ways, and a late one would say again
 * what was true before.
 */
import { batch, effect, signal } from "@preact/signals"
import { Problem, wordsOf } from "../api/Client.ts"
import { follow, get, hear, standing, tries } from "../api/connection.ts"
import type { ArtifactRow, Cause, Told } from "../api/wire.ts"
import type { Opening } from "../../view/opening.ts"
import { RunHistory } from "./RunHistory.ts"

const page = 10_000

/**
 * One run that is looked at.
 *
 * Owns: its history and the wish to be told of it. Does not own: what of it is shown.
 */
export class OpenRun {
  readonly id: string
  /** Grows with each change; what is shown depends on it. */
  readonly version = signal(0)
  /** Grows when the events of a node have come, which change nothing of the run. */
  readonly told = signal(0)
  /** `loading` until the first events are there. */
  readonly stage = signal<"loading" | "there" | "missing" | "failed">("loading")
  /** What went wrong when it was read. */
  readonly problem = signal("")
  /** Whether it was deleted while it was looked at. */
  readonly isDeleted = signal(false)
  /** Why it is not further. */
  readonly causes = signal<ReadonlyArray<Cause>>([])
  /** What its nodes saved. */
  readonly artifacts = signal<ReadonlyArray<ArtifactRow>>([])
  history: RunHistory
  #ends: Array<() => void> = []
  #isReading = false
  /** Whether there may be events that are not read. */
  #isBehind = false
  #isAsking = false
  #again = false
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(id: string) {
    this.id = id
    this.history = new RunHistory(id)
  }

  /** Begins to look. */
  begin(): void {
    this.#ends = [
      hear((it) => {
        if (it.t === "e" && it.run === this.id) this.#told(it as unknown as Told)
        if (it.t === "run" && it.run.id === this.id) {
          // Somebody may have waited for it to begin.
          if (this.stage.peek() === "missing") void this.load()
          else this.#rowChanged()
        }
        if (it.t === "gone" && it.run === this.id) this.isDeleted.value = this.stage.peek() === "there"
        if (it.t === "following" && it.runs.includes(this.id)) this.#missed()
        if (it.t === "gap" && it.run === this.id) this.#missed()
        if (it.t === "list") this.#missed()
      }),
      effect(() => {
        void tries.value
        if (standing.value.is === "live") void this.load()
      })
    ]
  }

  /** Ends it. */
  end(): void {
    for (const end of this.#ends.splice(0)) end()
    follow(this, undefined)
  }

  /** Reads what is not known yet. */
  async load(): Promise<void> {
    try {
      if (this.stage.peek() === "there") await this.#catchUp()
      else {
        this.history = new RunHistory(this.id, await get<Opening>(this.#path("opening")))
        this.#changed()
      }
      batch(() => {
        this.stage.value = "there"
        this.problem.value = ""
      })
      follow(this, { [this.id]: this.history.seq })
    } catch (error) {
      this.#failed(error)
    }
  }

  /** Reads all events, which only the past and some views need. */
  readEvents(): void {
    this.history.isKept = true
    if (!this.history.isWhole) this.#missed()
  }

  /** Reads the events of a node, with its values. */
  async readNode(path: string): Promise<void> {
    const { history } = this
    if (history.isTold(path)) return
    history.expect(path)
    try {
      history.tell(path, await this.#events(`path=${encodeURIComponent(path)}`))
      this.told.value++
    } catch (error) {
      this.#failed(error)
    }
  }

  #failed(error: unknown): void {
    this.problem.value = wordsOf(error)
    if (error instanceof Problem && error.status === 404) {
      if (this.stage.peek() === "there") this.isDeleted.value = true
      else this.stage.value = "missing"
    } else if (this.stage.peek() === "loading") this.stage.value = "failed"
    else this.#later()
  }

  /** What could not be read of a run that is shown is read a little later, while there is a server. */
  #later(): void {
    if (this.#timer !== undefined || this.#ends.length === 0) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      if (this.#ends.length > 0 && standing.peek().is === "live") this.#missed()
    }, 1_000)
  }

  #path(of: string): string {
    return `/runs/${encodeURIComponent(this.id)}/${of}`
  }

  #pending: Array<Told> = []
  #isDue = false
  /** How long it took to show what was taken in last, in milliseconds. */
  #cost = 0

  /** Events that come close together are taken in at once; what takes long to show is taken in less often. */
  #told(event: Told): void {
    this.#pending.push(event)
    if (this.#isDue) return
    this.#isDue = true
    if (this.#cost < 8) requestAnimationFrame(() => this.#take())
    else setTimeout(() => this.#take(), this.#cost)
  }

  #take(): void {
    const began = performance.now()
    this.#isDue = false
    const told = this.#pending.splice(0)
    if (this.history.add(told)) this.#missed()
    this.#changed()
    setTimeout(() => void (this.#cost = Math.min(1_000, performance.now() - began)))
  }

  /** Some events did not come. */
  #missed(): void {
    this.#catchUp().catch((error) => this.#failed(error))
  }

  async #catchUp(): Promise<void> {
    this.#isBehind = true
    if (this.#isReading) return
    this.#isReading = true
    try {
      while (this.#isBehind) {
        this.#isBehind = false
        const { history } = this
        const known = history.isKept ? history.events.length : history.seq
        const events = await this.#events(`after=${known}&limit=${page}`)
        history.add(events)
        this.#isBehind ||= events.length >= page
      }
      this.problem.value = ""
    } finally {
      this.#isReading = false
      this.#changed()
    }
  }

  async #events(which: string): Promise<ReadonlyArray<Told>> {
    return (await get<{ readonly events: ReadonlyArray<Told> }>(`${this.#path("events")}?${which}`)).events
  }

  #changed(): void {
    this.version.value++
    void this.#ask()
  }

  /** Asks what only the server knows; what happens meanwhile asks once more. */
  async #ask(): Promise<void> {
    if (this.#isAsking) return void (this.#again = true)
    this.#isAsking = true
    this.#again = false
    try {
      const [causes, artifacts] = await Promise.all([
        get<ReadonlyArray<Cause>>(this.#path("why")),
        get<ReadonlyArray<ArtifactRow>>(this.#path("artifacts"))
      ])
      batch(() => {
        this.causes.value = causes
        this.artifacts.value = artifacts
      })
    } catch {
      // Whoever looks is told of a lost connection anyway.
    } finally {
      await new Promise((resolve) => setTimeout(resolve, 250))
      this.#isAsking = false
      if (this.#again) void this.#ask()
    }
  }

  /** What is told of an ended run is that it goes on, or has gone on; and who executes one is in no event. */
  #rowChanged(): void {
    if ((this.history.run()?.finishedAt ?? 0) > 0) {
      follow(this, { [this.id]: this.history.seq })
      this.#missed()
    }
    void this.#ask()
  }
}
