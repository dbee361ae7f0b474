/** `pinnace export`. */
import { existsSync, statSync } from "node:fs"
import { findRun } from "../findRun.ts"
import { bytes } from "../show/times.ts"
import { withView } from "../state.ts"
import { NotThere } from "../Usage.ts"
import type { Verb } from "../Verb.ts"

/** The verb. */
export const verb: Verb = {
  usage: "RUN [FILE.tgz]",
  about:
    "Writes an ended run with its events, logs and artifacts into one file, which `import` takes in elsewhere. Default RUN.tgz.",
  takes: [1, 2],
  options: {},
  examples: [["export @latest failed.tgz", "send a run to somebody who wants to look at it"]],
  run: ({ args: [name = "", path], shell }) =>
    withView(shell, async (pinnace) => {
      const run = findRun(pinnace, name)
      const file = path ?? `${run.id}.tgz`
      if (existsSync(file)) throw new NotThere(`${file} exists: remove it, or name another file`)
      await run.export(file)
      shell.print(`${run.id} → ${file} (${bytes(statSync(file).size)})`)
      return 0
    })
}
