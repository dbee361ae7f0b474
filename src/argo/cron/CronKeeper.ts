/**
 * Keeps one CronWorkflow going on an engine, on the keeper of all schedules, with Argo's rules.
 *
 * Owns: the instant from which it looks. Does not own: how steps are taken (`schedule/Keeper.ts`), what is to be done
 * (`decide.ts`), where it stands (a cell of the state file), the runs.
 *
 * Invariant K1: of the instants that passed since it last looked, at most the latest starts a run, and none that has
 * one, whichever process started it.
 */
import { type Engine, registerNow } from "../../engine/Operator.ts"
import type { Known } from "../../schedule/decide.ts"
import { Keeper } from "../../schedule/Keeper.ts"
import type { Begin, Kept, News } from "../../schedule/Keeping.ts"
import { scheduleSpace, type ScheduleState } from "../../schedule/State.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import { idOf, labelsOf, readRuns, surplus } from "./CronRuns.ts"
import type { CronWorkflow } from "./CronWorkflow.ts"
import { cronStep, standOf } from "./decide.ts"

/** What happens to a CronWorkflow; instants are milliseconds since the epoch. */
export type CronNews =
  | { readonly type: "waiting"; readonly next: number | undefined }
  | { readonly type: "started"; readonly id: string; readonly due: number; readonly instead: ReadonlyArray<string> }
  | { readonly type: "skipped"; readonly due: number; readonly why: string }
  | { readonly type: "stopped"; readonly why: string }
  | { readonly type: "failed"; readonly due: number; readonly why: string }

/** What a keeper is made of. */
export interface CronKeeping {
  /** The engine that its runs are started in. */
  readonly engine: Engine
  /** The CronWorkflow that is kept going. */
  readonly cron: CronWorkflow
  /** What its runs run. */
  readonly workflow: AnyWorkflow
  /** Labels that its runs have besides their own. */
  readonly labels?: Readonly<Record<string, string>>
  /** Hears of starts, skipped instants and failures. */
  readonly tell: (news: CronNews) => void
}

/** Keeps one CronWorkflow going from `begin` to `end`. */
export class CronKeeper {
  readonly #keeping: CronKeeping
  readonly #workflow: AnyWorkflow
  readonly #keeper: Keeper
  /** It looks at instants from here on. */
  #since: number | undefined
  /** What it has waited for last. */
  #next: number | undefined

  /** Makes a keeper, which starts nothing by itself. */
  constructor(keeping: CronKeeping) {
    this.#keeping = keeping
    // Time to live is applied here, so that the newest run, which shows when it was last due, stays.
    this.#workflow = { ...keeping.workflow, retention: undefined }
    this.#keeper = new Keeper(keeping.engine, this.#kept)
  }

  /** Goes on with runs that were interrupted, makes up for what was missed, and waits for what is next. */
  begin(): void {
    registerNow(this.#keeping.engine, [this.#workflow])
    this.#keeper.begin()
  }

  /** Starts nothing any more; what runs goes on. */
  end(): void {
    this.#keeper.close()
  }

  get #kept(): Kept {
    const { cron, engine, workflow } = this.#keeping
    // The name of no schedule of an app has a slash.
    const key = `cron/${cron.name}`
    return {
      schedule: key,
      place: { space: scheduleSpace, key },
      workflow: this.#workflow,
      former: (rows) => standOf(cron, readRuns(rows)),
      next: (known) => cronStep(cron, key, known, this.#looksFrom(known)),
      begin: (due, _, state) => this.#begin(due, state),
      surplus: {
        choice: { workflow: workflow.name },
        of: (rows) => surplus(cron, readRuns(rows), workflow.retention, engine.host.now())
      },
      tell: (news) => this.#tell(news)
    }
  }

  #begin(due: number, state: ScheduleState): Begin {
    const { cron, engine, labels } = this.#keeping
    const own = labelsOf(cron, due, engine.host.now(), state)
    return { id: idOf(cron.name, due), input: { parameters: {} }, labels: { ...labels, ...own } }
  }

  /** What it can make up for when it begins; when the clock is set back, what it showed before comes again. */
  #looksFrom({ now, state }: Known): number {
    const { deadline, scheduleText } = this.#keeping.cron
    const makesUp = deadline > 0 && state?.timing === scheduleText
    this.#since = Math.min(this.#since ?? (makesUp ? now - deadline - 1 : now), now)
    return this.#since
  }

  #tell(news: News): void {
    const { tell } = this.#keeping
    if (news.type === "decided") return tell(told(news))
    if (news.type === "ended") return tell({ type: "stopped", why: news.why })
    if (news.type === "failed") return tell({ type: "failed", due: this.#next ?? 0, why: news.why })
    if (news.type === "known" || news.type === "closed") return
    this.#next = news.until
    tell({ type: "waiting", next: news.until })
  }
}

const told = (
  { fire: { due, outcome, run = "", why = "" }, instead }: News & { readonly type: "decided" }
): CronNews => {
  if (outcome === "started") return { type: "started", id: run, due, instead }
  return { type: outcome === "missed" ? "failed" : "skipped", due, why }
}
