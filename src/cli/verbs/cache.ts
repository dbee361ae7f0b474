/** `pinnace cache`. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { CacheExplanation } from "../../engine/observe/explain.ts"
import type { PartView } from "../../reuse/explain.ts"
import { millis } from "../../workflow/millis.ts"
import { age, span } from "../../run/instant.ts"
import { findNode } from "../arguments/findNode.ts"
import { findRun } from "../arguments/findRun.ts"
import { outputOf, outputOption } from "../arguments/outputOption.ts"
import { viewOf } from "../arguments/rows.ts"
import { withState, withView } from "../arguments/state.ts"
import { counted } from "../paint/counted.ts"
import { table } from "../paint/table.ts"
import { bytes } from "../paint/times.ts"
import { Usage } from "../Usage.ts"
import type { Call, Verb } from "../Verb.ts"

const formats = ["json"] as const

const cache = (call: Call): Promise<number> => {
  const [what = "ls", ...rest] = call.args
  if (what === "ls") return withView(call.shell, (pinnace) => list(call, pinnace, rest[0]))
  if (what === "explain") return withView(call.shell, (pinnace) => explain(call, pinnace, rest))
  if (what === "rm") return withState(call.shell, (pinnace) => forget(call, pinnace, rest[0]))
  throw new Usage("write `cache ls`, `cache explain RUN [NODE]` or `cache rm NAME`")
}

const list = async (call: Call, pinnace: Pinnace, name: string | undefined): Promise<number> => {
  const { shell } = call
  const found = (await pinnace.remembered()).filter((it) => name === undefined || it.name === name)
  if (outputOf(call, formats) === "json") shell.print(JSON.stringify(found, null, 2))
  else if (found.length === 0) shell.print("Nothing is remembered: give a task `cache: true`, or a template `memoize`")
  else {
    const rows = found.map(({ bytes: size, entries, name, newest, saved, ttl, uses }) => [
      shell.paint.bold(name),
      String(entries),
      bytes(size),
      String(uses),
      span(saved),
      `${age(shell.now() - newest)} ago`,
      ttl === null ? "-" : span(ttl)
    ])
    for (const line of table([["NAME", "ENTRIES", "SIZE", "HITS", "SAVED", "NEWEST", "TTL"], ...rows], shell.columns)) {
      shell.print(line)
    }
  }
  return 0
}

const explain = async (call: Call, pinnace: Pinnace, [name, node]: ReadonlyArray<string>): Promise<number> => {
  if (name === undefined) throw new Usage("write which run: `cache explain RUN [NODE]`")
  const { shell } = call
  const run = await findRun(pinnace, name)
  const path = node === undefined ? undefined : findNode(await viewOf(pinnace, run), node).path
  const found = await pinnace.explain(run.id, path)
  if (outputOf(call, formats) === "json") shell.print(JSON.stringify(found, null, 2))
  else if (found.length === 0) shell.print(`${run.id}: no result of it may be reused`)
  else for (const line of found.flatMap((it) => explained(call, it))) shell.print(line)
  return 0
}

const explained = ({ shell }: Call, it: CacheExplanation): ReadonlyArray<string> => {
  const ago = (at: number): string => `${age(shell.now() - at)} ago`
  const bold = (text: string): string => shell.paint.bold(text)
  const key = it.key === undefined ? "" : shell.paint.dim(` (key ${it.key.slice(0, shownKey)})`)
  const own = `${bold(it.node)} ${it.because}`
  if (it.reused !== undefined) return [`${own}, ${ago(it.reused.at)}${key}`]
  const nearest = it.nearest === undefined
    ? []
    : [shell.paint.dim(`  compared with ${it.nearest.run} ${it.nearest.path}, ${ago(it.nearest.at)}`)]
  const parts = it.nearest === undefined ? [] : it.parts.map((part) => `  ${partLine(part)}`)
  return [
    `${own}${key}`,
    ...nearest,
    ...parts,
    ...it.unseen.map((text) => `  not seen: ${text}`)
  ]
}

const shownDiffer = 5
const shownKey = 12

const partLine = ({ differ, is, part, same, was }: PartView): string => {
  if (same) return `${part}  same`
  const more = differ.length > shownDiffer ? ` and ${differ.length - shownDiffer} more` : ""
  const which = differ.length === 0
    ? `${(was ?? "none").slice(0, 8)} → ${(is ?? "none").slice(0, 8)}`
    : `${differ.slice(0, shownDiffer).join(", ")}${more}`
  return `${part}  changed: ${which}`
}

const forget = async (call: Call, pinnace: Pinnace, name: string | undefined): Promise<number> => {
  const { flags, shell } = call
  const older = flags.text("older-than")
  if (name === undefined && older === undefined && !flags.on("all")) {
    throw new Usage("write what to forget: a NAME, a KEY, --older-than 7d, or --all")
  }
  const dryRun = flags.on("dry-run")
  const count = await pinnace.forget({
    ...name === undefined ? {} : await meant(pinnace, name),
    ...older === undefined ? {} : { before: shell.now() - spanOf(older) },
    dryRun
  })
  shell.print(`${counted(count, "result")} ${dryRun ? "would be forgotten" : "forgotten"}`)
  return 0
}

/** A name that results have, or else a key or its beginning, as `cache explain` shows it. */
const meant = async (pinnace: Pinnace, word: string): Promise<{ readonly name: string } | { readonly key: string }> => {
  const isName = !/^[0-9a-f]{8,}$/.test(word) || (await pinnace.remembered()).some(({ name }) => name === word)
  return isName ? { name: word } : { key: word }
}

const spanOf = (text: string): number => {
  const length = millis(text as never)
  if (Number.isFinite(length)) return length
  throw new Usage(`--older-than ${text}: write a time such as 12h or 7d`)
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
    "dry-run": { type: "boolean", about: "With rm: only say how many" },
    output: outputOption(formats)
  },
  examples: [
    ["cache", "what is remembered, and what it saved"],
    ["cache explain @latest", "why each node of the newest run was computed"],
    ["cache rm embed --older-than 7d", "forget old results of one name"]
  ],
  run: cache
}
