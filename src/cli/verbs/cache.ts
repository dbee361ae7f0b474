/** `pinnace cache`. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { ForgetFilter } from "../../engine/observe/forget.ts"
import { didYouMean } from "../../argo/document/decode/didYouMean.ts"
import { bytesOf, numberOf, spanOf } from "../arguments/optionValues.ts"
import { findNode } from "../arguments/findNode.ts"
import { findRun } from "../arguments/findRun.ts"
import { outputOf, outputOption } from "../arguments/outputOption.ts"
import { viewOf } from "../arguments/rows.ts"
import { withState, withView } from "../arguments/state.ts"
import { explainedLines, forgottenText, rememberedLines } from "../paint/cacheLines.ts"
import { NotThere, Usage } from "../Usage.ts"
import type { Call, Verb } from "../Verb.ts"

const formats = ["json"] as const

const cache = async (call: Call): Promise<number> => {
  const [what = "ls", ...rest] = call.args
  const takes = takesMost.get(what)
  if (takes === undefined) throw new Usage(`write ${forms}: "${what}" is none of them`)
  if (rest.length > takes) throw new Usage(`"${rest[takes]}" is one argument too many: write ${forms}`)
  const stray = what === "rm"
    ? undefined
    : choosing.find((name) => call.flags.all(name).length > 0 || call.flags.on(name))
  if (stray !== undefined) throw new Usage(`--${stray} belongs to \`cache rm\``)
  if (what === "ls") return withView(call.shell, (pinnace) => list(call, pinnace, rest[0]))
  if (what === "explain") return withView(call.shell, (pinnace) => explain(call, pinnace, rest))
  const filter = filterOf(call, rest[0])
  return withState(call.shell, (pinnace) => forget(call, pinnace, rest[0], filter))
}

/** What can be done, with how many arguments it takes. */
const takesMost = new Map([["ls", 1], ["explain", 2], ["rm", 1]])

const forms = "`cache ls [NAME]`, `cache explain RUN [NODE]` or `cache rm NAME|KEY`"

/** Options that say what is forgotten. */
const choosing = ["older-than", "keep", "keep-bytes", "all", "dry-run"]

const list = async (call: Call, pinnace: Pinnace, name: string | undefined): Promise<number> => {
  const { shell } = call
  const all = await pinnace.remembered()
  const found = all.filter((it) => name === undefined || it.name === name)
  if (name !== undefined && found.length === 0 && all.length > 0) throw unknown(all, name)
  if (outputOf(call, formats) === "json") shell.print(JSON.stringify(found, null, 2))
  else if (found.length === 0) shell.print("Nothing is remembered: give a task `cache: true`, or a template `memoize`")
  else {
    for (const line of rememberedLines(found, shell)) shell.print(line)
  }
  return 0
}

/** That no results have a name. */
const unknown = (all: ReadonlyArray<{ readonly name: string }>, name: string): NotThere =>
  new NotThere(`no result of "${name}" is remembered. ${didYouMean(name, all.map((it) => it.name))}`.trim())

const explain = async (call: Call, pinnace: Pinnace, [name, node]: ReadonlyArray<string>): Promise<number> => {
  if (name === undefined) throw new Usage("write which run: `cache explain RUN [NODE]`")
  const { shell } = call
  const run = await findRun(pinnace, name)
  const path = node === undefined ? undefined : findNode(await viewOf(pinnace, run), node).path
  const found = await pinnace.explain(run.id, path)
  if (outputOf(call, formats) === "json") shell.print(JSON.stringify(found, null, 2))
  else if (found.length === 0) shell.print(`${run.id}: no result of it may be reused`)
  else for (const line of found.flatMap((it) => explainedLines(it, shell))) shell.print(line)
  return 0
}

/** What the command line says of the results to forget, apart from their name. Throws Usage. */
const filterOf = ({ flags, shell }: Call, name: string | undefined): ForgetFilter => {
  const older = spanOf(flags, "older-than")
  const keep = numberOf(flags, "keep")
  const keepBytes = bytesOf(flags, "keep-bytes")
  if (name === undefined && !choosing.slice(0, -1).some((it) => flags.on(it) || flags.text(it) !== undefined)) {
    throw new Usage("write what to forget: a NAME, a KEY, --older-than 7d, --keep 1000, --keep-bytes 1GB, or --all")
  }
  return {
    ...older === undefined ? {} : { before: Math.max(0, shell.now() - older) },
    ...keep === undefined ? {} : { keep },
    ...keepBytes === undefined ? {} : { keepBytes },
    dryRun: flags.on("dry-run")
  }
}

const forget = async (
  call: Call,
  pinnace: Pinnace,
  word: string | undefined,
  filter: ForgetFilter
): Promise<number> => {
  const { shell } = call
  const which = word === undefined ? {} : await meant(pinnace, word)
  const found = await pinnace.forget({ ...filter, ...which })
  if (outputOf(call, formats) === "json") shell.print(JSON.stringify(found, null, 2))
  else shell.print(forgottenText(found, filter.dryRun === true))
  return 0
}

/** A name that results have, or else a key or its beginning, as `cache explain` shows it. Throws NotThere. */
const meant = async (pinnace: Pinnace, word: string): Promise<{ readonly name: string } | { readonly key: string }> => {
  const all = await pinnace.remembered()
  if (all.some(({ name }) => name === word)) return { name: word }
  if (/^[0-9a-f]{8,}$/.test(word)) return { key: word }
  throw unknown(all, word)
}

/** The verb. */
export const verb: Verb = {
  usage: "[ls [NAME] | explain RUN [NODE] | rm NAME|KEY]",
  about:
    "Shows what is remembered of tasks with `cache` and of memoized templates. `explain` says why nodes of a run were computed, or what they reused: which file, field, variable or value differs from the nearest result. `rm` forgets results, by their name or by a key that `explain` shows; artifacts that only they kept are deleted.",
  takes: [0, 3],
  options: {
    "older-than": { type: "string", value: "TIME", about: "With rm: only results that are older, as in 7d" },
    all: { type: "boolean", about: "With rm: all results" },
    keep: { type: "string", value: "NUMBER", about: "With rm: keep this many results, the last used" },
    "keep-bytes": {
      type: "string",
      value: "SIZE",
      about: "With rm: keep this much, the last used, as in 500MB"
    },
    "dry-run": { type: "boolean", about: "With rm: only say how much" },
    output: outputOption(formats)
  },
  examples: [
    ["cache", "what is remembered, and what it saved"],
    ["cache explain @latest", "why each node of the newest run was computed"],
    ["cache rm embed --older-than 7d", "forget old results of one name"],
    ["cache rm --keep-bytes 1GB --dry-run", "how much goes if 1 GB is kept"]
  ],
  run: cache
}
