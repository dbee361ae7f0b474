/**
 * Plays conformance cases, those of `cases/` and our own of `../manifests/`, and prints a table and a total:
 * `npm run conformance [-- --only PATTERN] [DIRECTORY…]`. With `--command FILE` an
 * executable of the command plays those to whose runs nothing is done.
 * Without a directory the total may not be below the number in `passing.json`.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { play } from "./play.ts"
import { isPlain, playCommand } from "./playCommand.ts"

const here = fileURLToPath(new URL(".", import.meta.url))
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { only: { type: "string" }, command: { type: "string" } }
})
const own = join(here, "..", "manifests")
const all = [join(here, "cases"), ...readdirSync(own).map((outcome) => join(own, outcome))]
const folders = positionals.length === 0 ? all : positionals
const only = new RegExp(values.only ?? "")
const limitMillis = 300_000

const files = folders.flatMap((folder) =>
  readdirSync(folder).filter((name) => name.endsWith(".yaml") && only.test(name)).map((name) => join(folder, name))
).filter((file) => existsSync(file.replace(/\.yaml$/, ".expect.json")))
  .filter((file) => values.command === undefined || isPlain(file))

const late = (): Promise<ReadonlyArray<string>> =>
  new Promise((resolve) => {
    setTimeout(() => resolve([`not over after ${limitMillis / 1_000} s`]), limitMillis).unref()
  })

const playOne = (file: string, name: string): Promise<ReadonlyArray<string>> =>
  values.command === undefined ? play(file, name) : playCommand(values.command, file, name, process.env["PATH"] ?? "")

let passed = 0
const one = async (file: string): Promise<void> => {
  const name = basename(file, ".yaml")
  const started = performance.now()
  const problems = await Promise.race([playOne(file, name).catch((error: Error) => [String(error.stack)]), late()])
  if (problems.length === 0) passed++
  const seconds = ((performance.now() - started) / 1_000).toFixed(1)
  console.log(
    `${problems.length === 0 ? "ok    " : "not ok"} ${seconds.padStart(5)} s  ${name}${
      problems.map((it) => `\n         ${it}`).join("")
    }`
  )
}

let next = 0
await Promise.all([0, 1, 2].map(async () => {
  while (next < files.length) await one(files[next++]!)
}))
console.log(`${passed} of ${files.length} pass`)
const floor = positionals.length === 0 && values.only === undefined && values.command === undefined
  ? (JSON.parse(readFileSync(join(here, "passing.json"), "utf8")) as { readonly passing: number }).passing
  : 0
if (passed < floor) console.log(`The last recorded total is ${floor}: something that passed does not pass any more`)
process.exit(passed < floor || (floor === 0 && passed < files.length) ? 1 : 0)
