/**
 * The lines of a run's log, as far as they were looked at: there may be 100,000, of which the server searches all.
 *
 * Owns: pages of lines that were read, how many there are. Does not own: what is in sight.
 */
import { batch, signal } from "@preact/signals"
import { wordsOf } from "../api/Client.ts"
import { get } from "../api/connection.ts"
import type { LogLine } from "../api/wire.ts"

interface Page {
  readonly lines: ReadonlyArray<LogLine>
  readonly total: number
  readonly all: number
}

/** Lines of one page. */
const size = 500

/** The lines that fit a choice. */
export class Lines {
  readonly #path: string
  readonly #pages = new Map<number, ReadonlyArray<LogLine>>()
  readonly #asked = new Set<number>()
  /** How many fit, and how many there are in all. */
  readonly counts = signal<{ readonly total: number; readonly all: number } | undefined>(undefined)
  readonly problem = signal("")
  /** Grows when lines have come. */
  readonly version = signal(0)

  constructor(run: string, query: Readonly<Record<string, string>>) {
    const said = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== ""))
    this.#path = `/runs/${encodeURIComponent(run)}/logs?${said}`
  }

  /** The line at a place; none until it was read. */
  at(index: number): LogLine | undefined {
    return this.#pages.get(Math.floor(index / size))?.[index % size]
  }

  /** Reads what is needed to show a place. */
  need(index: number): void {
    const page = Math.floor(index / size)
    if (!this.#asked.has(page)) void this.#read(page)
  }

  /** Reads the last page anew, where lines may have come. */
  async refresh(): Promise<void> {
    await this.#read(Math.max(0, Math.floor(Math.max(0, (this.counts.peek()?.total ?? 0) - 1) / size)))
  }

  async #read(page: number): Promise<void> {
    this.#asked.add(page)
    try {
      const { all, lines, total } = await get<Page>(`${this.#path}&after=${page * size}&limit=${size}`)
      this.#pages.set(page, lines)
      batch(() => {
        this.counts.value = { all, total }
        this.problem.value = ""
        this.version.value++
      })
    } catch (error) {
      this.#asked.delete(page)
      this.problem.value = wordsOf(error)
    }
  }
}
