/**
 * Sends metrics to a collector over OTLP/HTTP, again and again.
 *
 * Owns: a timer for each engine that it follows, which keeps no process alive. Does not own: what is counted.
 * Invariants
 * - One request at a time for each engine. What a collector did not take is in the next one: numbers are cumulative.
 * - Where the state file cannot be read, what the process has counted is sent all the same.
 */
import process from "node:process"
import type { MetricSink, MetricSource, Pushing } from "../metrics/MetricSink.ts"
import type { Table } from "../metrics/Table.ts"
import { admitOne, duration } from "../workflow/admit.ts"
import { type DurationInput, millis } from "../workflow/millis.ts"
import { encodeMetrics } from "./encodeMetrics.ts"
import { type OtlpOptions, type OtlpTarget, otlpTarget } from "./environment.ts"
import { posted } from "./post.ts"

/** Where metrics go, and how often. */
export interface MetricsOptions extends OtlpOptions {
  /** Default: what `OTEL_METRIC_EXPORT_INTERVAL` says in milliseconds, else a minute. */
  readonly interval?: DurationInput
}

/** Sends the metrics of engines, and tells how many requests were taken. */
export interface OtlpMetricsSink extends MetricSink {
  /** How many requests the collector took. */
  readonly sent: number
  /** Those that the collector did not take. */
  readonly failed: number
}

/**
 * Sends metrics to a collector: to `url`, else where `OTEL_EXPORTER_OTLP_ENDPOINT` says, else to port 4318 of this
 * machine. An engine that closes sends what it has counted once more.
 */
export const otlpMetrics = (options: MetricsOptions = {}): OtlpMetricsSink =>
  new Pusher(otlpTarget(options, "metrics"), intervalOf(options))

/** The longest that a timer can wait; a longer one would ring at once. */
const longest = 2 ** 31 - 1
const shortest = 100

const intervalOf = ({ interval }: MetricsOptions): number => {
  if (interval !== undefined) admitOne("the interval of otlpMetrics", interval, duration)
  const named = Number(process.env["OTEL_METRIC_EXPORT_INTERVAL"])
  const chosen = interval === undefined ? named > 0 ? named : 60_000 : millis(interval)
  return Math.min(longest, Math.max(shortest, chosen))
}

class Pusher implements OtlpMetricsSink {
  sent = 0
  failed = 0
  readonly #target: OtlpTarget
  readonly #interval: number

  constructor(target: OtlpTarget, interval: number) {
    this.#target = target
    this.#interval = interval
  }

  readonly follow = (source: MetricSource): Pushing => {
    let last = Promise.resolve()
    let timer: ReturnType<typeof setTimeout> | undefined
    const wait = () => {
      timer = setTimeout(() => {
        last = this.#push(source, presentOf(source)).then(wait)
      }, this.#interval)
      // Deno's timers are numbers there.
      if (typeof timer === "object") timer.unref()
    }
    wait()
    return {
      end: async () => {
        clearTimeout(timer)
        await last
        clearTimeout(timer)
        await this.#push(source, Promise.resolve([]))
      }
    }
  }

  async #push({ counted, now, since }: MetricSource, present: Promise<ReadonlyArray<Table>>): Promise<void> {
    const tables = [counted, ...await present]
    const text = encodeMetrics(this.#target.resource, tables, { since, now: now() })
    if (await posted(this.#target, text)) this.sent++
    else this.failed++
  }
}

const presentOf = async ({ present }: MetricSource): Promise<ReadonlyArray<Table>> => {
  try {
    return [await present()]
  } catch {
    return []
  }
}
