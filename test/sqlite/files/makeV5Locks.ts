/**
 * Wrote `v5-locks.db`, a saved file of schema version 5 with a run whose nodes hold and want locks in nodes beneath
 * them; kept to show what is in it. Run it only with a program of that version: the file stands for the files that
 * people have.
 *
 * `node test/sqlite/files/makeV5Locks.ts`
 */
import { rmSync } from "node:fs"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { open } from "../../../mod.ts"
import { load } from "../../../src/argo/mod.ts"
import { locked } from "./twoSteps.ts"

const file = fileURLToPath(new URL("v5-locks.db", import.meta.url))
rmSync(file, { force: true })
const pinnace = await open(file)
const killed = load(locked, {
  templates: {
    first: () => {},
    second: () => {
      setTimeout(() => process.kill(process.pid, "SIGKILL"), 300)
      return new Promise(() => {})
    }
  }
})
await pinnace.start(killed, { parameters: {} }, { id: "locked-run" })
