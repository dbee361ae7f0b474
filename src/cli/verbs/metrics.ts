/** `pinnace metrics`. */
import * as Effect from "effect/Effect"
import { metricsOf, prometheus } from "../../embed/metrics.ts"
import { emittedTable } from "../../metrics/CustomMetrics.ts"
import { viewsOf } from "../../metrics/MetricView.ts"
import { prometheusText } from "../../metrics/prometheus.ts"
import type { RunSource } from "../../view/RunSource.ts"
import { findRun } from "../arguments/findRun.ts"
import { outputOf, outputOption } from "../arguments/outputOption.ts"
import { look } from "../arguments/rows.ts"
import { withView } from "../arguments/state.ts"
import type { Call, Verb } from "../Verb.ts"

const formats = ["json", "prometheus"] as const

const metrics = (call: Call): Promise<number> =>
  withView(call.shell, async (pinnace) => {
    const [name] = call.args
    const isJson = outputOf(call, formats) === "json"
    if (name !== undefined) {
      const { id } = await findRun(pinnace, name)
      const table = emittedTable(await look(pinnace, (source) => eventsOf(source, id)))
      call.shell.print(isJson ? JSON.stringify(viewsOf(table), null, 2) : prometheusText(table).trimEnd())
      return 0
    }
    const text = isJson ? JSON.stringify(await metricsOf(pinnace), null, 2) : await prometheus(pinnace)
    call.shell.print(text.trimEnd())
    return 0
  })

const eventsOf = (source: RunSource, id: string) =>
  Effect.flatMap(source.findRun(id), (row) => source.events(row!.key, 0))

/** The verb. */
export const verb: Verb = {
  usage: "[RUN]",
  about:
    "Prints how many runs there are in each phase, what does not move and how permits stand: for the textfile collector of Prometheus, say. What a process counts while it executes runs is told by that process: at /metrics of the server, or with prometheus(pinnace) in an app. With a run, prints the metrics that its manifest asks for, as they were emitted.",
  takes: [0, 1],
  options: { output: outputOption(formats) },
  examples: [
    ["metrics > /var/lib/node_exporter/pinnace.prom", "for a textfile collector"],
    ["metrics @latest", "what the metrics of the newest run's manifest came to"]
  ],
  run: metrics
}
