/** `pinnace demo`. */
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { runAndKill } from "../demo/crash.ts"
import { market } from "../demo/market.ts"
import { showTour } from "../demo/showTour.ts"
import { execute } from "../running/execute.ts"
import { followFormats } from "../running/follow.ts"
import { outputOption } from "../arguments/outputOption.ts"
import { Shell } from "../Shell.ts"
import type { Call, Verb } from "../Verb.ts"
import { standOf } from "../arguments/rows.ts"

const demo = async (call: Call): Promise<number> => {
  const shell = call.shell.namedDb === undefined ? elsewhere(call.shell) : call.shell
  const { paint, print, program } = shell
  const id = call.flags.text("id") ?? "market-1"
  if (call.flags.on("ui")) return showTour(shell, call.flags.text("id") ?? "tour-1")
  if (call.flags.on("crash")) {
    await runAndKill(shell, ["demo", "--db", shell.db, "--id", id, "-o", "plain"], "● prices[4] Running")
    print(
      paint.style(
        "yellow",
        "\nThe process was killed in the middle. Here is another one; nothing that had ended is done again.\n"
      )
    )
  }
  const code = await execute({ ...call, shell }, market, async (pinnace) => {
    const interrupted = await pinnace.get(id)
    if (interrupted === undefined) return { run: await pinnace.start(market, undefined, { id }) }
    return { run: interrupted, after: (await standOf(pinnace, interrupted)).seq }
  })
  if (call.flags.text("output") === undefined) {
    print(`\nLook closer:\n  ${program} timeline ${id} --db ${shell.db}\n  ${program} logs ${id} --db ${shell.db}`)
    print(`  ${program} cp ${id} . --db ${shell.db}\nYour own: ${program} init ../my-workflows`)
  }
  return code
}

/** A demo leaves no state file among somebody's own files. */
const elsewhere = (shell: Shell): Shell =>
  new Shell({
    program: shell.program,
    workflows: [],
    args: shell.args,
    as: shell.actor.name,
    db: process.env["PINNACE_DB"] ?? join(mkdtempSync(join(tmpdir(), "pinnace-demo-")), "state.db"),
    color: shell.paint.color,
    utf8: shell.paint.utf8,
    debug: shell.debug
  })

/** The verb. */
export const verb: Verb = {
  usage: "[--crash | --ui]",
  about:
    "Shows what Pinnace does, in ten seconds: a graph with a list, a semaphore, a task that is retried, an artifact and an exit handler. With --crash the process is killed in the middle, and another one goes on. With --ui a run is finished in the browser: it waits for an answer, and fails until it is retried.",
  takes: [0, 0],
  options: {
    crash: { type: "boolean", about: "Kill the process in the middle and go on in another one" },
    ui: { type: "boolean", about: "Show a run in the browser that waits for you" },
    id: { type: "string", value: "ID", about: "The id of the run; default market-1, or tour-1" },
    output: outputOption(followFormats)
  },
  examples: [
    ["demo", "look at it on a terminal"],
    ["demo --ui", "answer and retry a run in the browser"],
    ["demo --crash", "see that nothing is lost and nothing done twice"]
  ],
  run: demo
}
