/**
 * Wrote `v5-runs.db`, a saved file of schema version 5 with runs in it,
 * when no definition was kept with a run; kept to show what is in it.
 * Run it only with a program of that version: the file stands for the files that people have.
 *
 * `node test/sqlite/files/makeV5Runs.ts`
 */
import { rmSync } from "node:fs"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { open, task, workflow } from "../../../mod.ts"
import { load } from "../../../src/argo/mod.ts"
import { twoSteps } from "./twoSteps.ts"

const file = fileURLToPath(new URL("v5-runs.db", import.meta.url))
rmSync(file, { force: true })

const entry = task("entry", { run: () => {} })
const typed = workflow(
  "typed",
  {},
  (w) => void w.node("main", task("main", { run: async (_, context) => await context.call("entry", entry) }))
)
const failing = load(twoSteps.replaceAll("two-steps", "failing"), {
  templates: { first: () => ({ exitCode: 1 }) }
})

const pinnace = await open(file)
await (await pinnace.start(typed, undefined, { id: "typed-run" })).ending()
await (await pinnace.start(failing, { parameters: {} }, { id: "failed-run" })).ending()
const killed = load(twoSteps, {
  templates: {
    first: () => {},
    second: () => {
      setTimeout(() => process.kill(process.pid, "SIGKILL"), 200)
      return new Promise(() => {})
    }
  }
})
await pinnace.start(killed, { parameters: {} }, { id: "killed-run" })
