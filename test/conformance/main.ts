/**
 * Plays conformance cases, those of `cases/` and our own of `../manifests/`, and prints a table and a total:
 * `npm run conformance [-- --only PATTERN] [DIRECTORY…]`. With `--command FILE` an
 * executable of the command plays those to whose runs nothing is done.
 * Without a directory the total may not be below the number in
 * `passing.json`, and the witnesses of fields are asked again.
 * Then fifty exported workflows are played as processes; `--exported 7` plays so many.
 * `--fields` looks for a witness of every supported field, stores them and prints the fields without one.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { type Case, caseFolders, casesOf } from "./Case.ts"
import { playExported } from "./exported.ts"
import { askWitnesses, findWitnesses } from "./fields/report.ts"
import { inLanes } from "./lanes.ts"
import { play } from "./play.ts"
import { isPlain, playCommand } from "./playCommand.ts"

const here = fileURLToPath(new URL(".", import.meta.url))
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string" },
    command: { type: "string" },
    fields: { type: "boolean" },
    exported: { type: "string" }
  }
})
const only = new RegExp(values.only ?? "")
const all = casesOf(positionals.length === 0 ? caseFolders() : positionals)
if (values.fields === true) process.exit(await findWitnesses(all, only))

const cases = all.filter(({ name }) => only.test(name)).filter((it) => values.command === undefined || isPlain(it))

const playOne = (it: Case): Promise<ReadonlyArray<string>> =>
  values.command === undefined ? play(it) : playCommand(values.command, it, process.env["PATH"] ?? "")

let passed = 0
await inLanes(cases, async (it) => {
  const started = performance.now()
  const problems = await playOne(it).catch((error: Error) => [String(error.stack)])
  if (problems.length === 0) passed++
  const seconds = ((performance.now() - started) / 1_000).toFixed(1)
  console.log(
    `${problems.length === 0 ? "ok    " : "not ok"} ${seconds.padStart(5)} s  ${it.name}${
      problems.map((it) => `\n         ${it}`).join("")
    }`
  )
})
console.log(`${passed} of ${cases.length} pass`)
const whole = positionals.length === 0 && values.only === undefined && values.command === undefined
const floor = whole
  ? (JSON.parse(readFileSync(join(here, "passing.json"), "utf8")) as { readonly passing: number }).passing
  : 0
if (passed < floor) console.log(`The last recorded total is ${floor}: something that passed does not pass any more`)
const silent = whole ? await askWitnesses(all) : 0
const different = whole || values.exported !== undefined ? await playExported(Number(values.exported ?? 50)) : 0
process.exit(passed < floor || (floor === 0 && passed < cases.length) || silent > 0 || different > 0 ? 1 : 0)
