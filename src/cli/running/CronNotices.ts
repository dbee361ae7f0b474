/**
 * Tells what becomes of one CronWorkflow: a line for each run
 * that begins, ends or is left out; for programs, a line of JSON.
 */
import type { Pinnace } from "../../embed/Pinnace.ts"
import { cronLabel } from "../../argo/cron/CronRuns.ts"
import type { CronNews, CronWorkflow } from "../../argo/mod.ts"
import { localIn } from "./cronList.ts"
import type { Shell } from "../Shell.ts"
import { reasonOf } from "../../view/runHead.ts"
import { instant, span } from "../../run/instant.ts"
import { standOf } from "../arguments/rows.ts"

/** The notices of one CronWorkflow. */
export class CronNotices {
  readonly #shell: Shell
  readonly #pinnace: Pinnace
  readonly #cron: CronWorkflow
  readonly #asData: boolean
  readonly #over: () => void
  #isNew = true

  /** `over` is called when it has come to its end. */
  constructor(shell: Shell, pinnace: Pinnace, cron: CronWorkflow, asData: boolean, over: () => void) {
    this.#shell = shell
    this.#pinnace = pinnace
    this.#cron = cron
    this.#asData = asData
    this.#over = over
  }

  readonly tell = (news: CronNews): void => {
    if (this.#asData) this.#print({ cron: this.#cron.name, ...forData(news) })
    else this.#say(news)
    if (news.type === "started") this.#follow(news.id)
    if (news.type === "stopped") this.#over()
  }

  #say(news: CronNews): void {
    const { paint } = this.#shell
    const { name } = this.#cron
    if (news.type === "waiting") return this.#introduce(news.next)
    if (news.type === "started") {
      const instead = news.instead.length === 0 ? "" : ` in place of ${news.instead.join(", ")}`
      this.#shell.print(`${paint.icon("Running")} ${news.id} began${instead}`)
    } else if (news.type === "stopped") this.#shell.print(`${paint.icon("Succeeded")} ${name} is over: ${news.why}`)
    else {
      const state = news.type === "skipped" ? "Skipped" : "Error"
      this.#shell.print(`${paint.icon(state)} ${name} of ${instant(news.due)} was not started: ${news.why}`)
    }
  }

  /** Only at first: later the lines of runs tell it. */
  #introduce(next: number | undefined): void {
    if (!this.#isNew) return
    this.#isNew = false
    const zone = this.#cron.schedules[0]?.zone ?? "UTC"
    const when = next === undefined ? "is suspended" : `next at ${localIn(zone, next, this.#shell.now())}`
    this.#shell.print(`${this.#shell.paint.bold(this.#cron.name)} ${when}`)
    for (const { ledger } of this.#pinnace.engine.live.values()) {
      if (ledger.row.labels[cronLabel] === this.#cron.name) {
        this.#shell.print(`${this.#shell.paint.icon("Running")} ${ledger.row.id} was interrupted and goes on`)
        this.#follow(ledger.row.id)
      }
    }
  }

  /** Tells its end, unless this process ends first: nothing can be read of an engine that was closed or lost. */
  #follow(id: string): void {
    const { engine } = this.#pinnace
    this.#tellEnd(id).catch((error: unknown) => {
      if (!engine.closed && engine.fault === undefined) throw error
    })
  }

  async #tellEnd(id: string): Promise<void> {
    const run = await this.#pinnace.get(id)
    const ending = await run?.ending().catch(() => undefined)
    // Its limits of history may have deleted it at once.
    const there = await this.#pinnace.get(id)
    const row = there === undefined ? undefined : (await standOf(this.#pinnace, there)).row
    if (ending === undefined || row === undefined) return
    if (this.#asData) {
      return this.#print({ cron: this.#cron.name, type: "ended", id, phase: row.phase, message: reasonOf(row) })
    }
    const { paint } = this.#shell
    const why = row.phase === "Succeeded" ? "" : `: ${reasonOf(row)}`
    this.#shell.print(
      `${paint.icon(row.phase)} ${id} ${paint.phase(row.phase)}${why}  (${span(row.finishedAt - row.startedAt)})`
    )
  }

  #print(data: object): void {
    this.#shell.print(JSON.stringify(data))
  }
}

const forData = (news: CronNews): object => ({
  ...news,
  ...("due" in news ? { due: instant(news.due) } : {}),
  ...("next" in news ? { next: news.next === undefined ? null : instant(news.next) } : {})
})
