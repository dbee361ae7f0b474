/** `pinnace health`. */
import type { Health } from "../../engine/observe/health.ts"
import { livingOwners } from "../../view/runHead.ts"
import { outputOf, outputOption } from "../arguments/outputOption.ts"
import { look, rowsOf } from "../arguments/rows.ts"
import { withView } from "../arguments/state.ts"
import { pad } from "../paint/width.ts"
import { counted } from "../paint/counted.ts"
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { Call, Verb } from "../Verb.ts"

const formats = ["json"] as const

/** One thing that was looked at. */
interface Check extends Omit<Health["checks"][number], "what"> {
  readonly what: string
}

const health = (call: Call): Promise<number> =>
  withView(call.shell, async (pinnace) => {
    const { shell } = call
    const { checks: found } = await pinnace.health()
    const checks: ReadonlyArray<Check> = [...found.filter(({ what }) => what !== "engine"), await executed(pinnace)]
    if (outputOf(call, formats) === "json") shell.print(JSON.stringify(checks, null, 2))
    else {
      for (const { message, ok, what } of checks) {
        shell.print(`${shell.paint.icon(ok ? "Succeeded" : "Failed")} ${pad(what, 8)} ${message}`)
      }
    }
    return checks.every(({ ok }) => ok) ? 0 : 1
  })

/** Whether some process executes each open run that is not held. */
const executed = async (pinnace: Pinnace): Promise<Check> => {
  const rows = await rowsOf(pinnace, { phases: ["Pending", "Running"], limit: Infinity })
  const open = rows.filter(({ held }) => held === null)
  const alive = await look(pinnace, (source) => livingOwners(source, open))
  const left = open.filter(({ owner }) => !alive.has(owner)).length
  return {
    what: "runs",
    ok: left === 0,
    message: left === 0 ? `${counted(open.length, "open run")}` : `No process executes ${counted(left, "open run")}`
  }
}

/** The verb. */
export const verb: Verb = {
  usage: "",
  about:
    "Says whether the state file answers, whether there is room where it is, and whether a living process executes each open run that is not held: for a health check of a container, say. The exit code is 1 if something is wrong. A server tells of itself at /livez and /readyz.",
  takes: [0, 0],
  options: { output: outputOption(formats) },
  examples: [["health", "in a HEALTHCHECK of an image"]],
  run: health
}
