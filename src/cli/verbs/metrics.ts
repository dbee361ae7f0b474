/** `pinnace metrics`. */
import { metricsOf, prometheus } from "../../embed/metrics.ts"
import { outputOf, outputOption } from "../arguments/outputOption.ts"
import { withView } from "../arguments/state.ts"
import type { Call, Verb } from "../Verb.ts"

const formats = ["json", "prometheus"] as const

const metrics = (call: Call): Promise<number> =>
  withView(call.shell, async (pinnace) => {
    const isJson = outputOf(call, formats) === "json"
    const text = isJson ? JSON.stringify(await metricsOf(pinnace), null, 2) : await prometheus(pinnace)
    call.shell.print(text.trimEnd())
    return 0
  })

/** The verb. */
export const verb: Verb = {
  usage: "",
  about:
    "Prints how many runs there are in each phase, what does not move and how permits stand: for the textfile collector of Prometheus, say. What a process counts while it executes runs is told by that process: at /metrics of the server, or with prometheus(pinnace) in an app.",
  takes: [0, 0],
  options: { output: outputOption(formats) },
  examples: [["metrics > /var/lib/node_exporter/pinnace.prom", "for a textfile collector"]],
  run: metrics
}
