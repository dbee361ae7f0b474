/** Reads the data. */
import { readFileSync } from "node:fs"
import { task } from "../../../mod.ts"
import { work } from "../demo.ts"
import { rowsOf, source } from "../weather.ts"

/** The rows of the file, which is not seen by the code alone. */
export const load = task("load", {
  cache: { dependsOn: { files: [source] } },
  run: (_, context) => work(context, 200, () => rowsOf(readFileSync(source, "utf8")))
})
