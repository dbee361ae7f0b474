/** `pinnace locks`. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { PermitView, SemaphoreView } from "../../engine/observe/locks.ts"
import { nearest } from "../../workflow/nearest.ts"
import { findRun } from "../arguments/findRun.ts"
import { outputOf, outputOption } from "../arguments/outputOption.ts"
import type { Shell } from "../Shell.ts"
import { holderNames } from "../../view/holderNames.ts"
import { everyNode, pathsOf } from "../../view/RunView.ts"
import { folded, inWords, type LockLine } from "../../view/lockFamilies.ts"
import { age } from "../../run/instant.ts"
import { table } from "../paint/table.ts"
import { look, viewOf } from "../arguments/rows.ts"
import { withState, withView } from "../arguments/state.ts"
import { NotThere, Usage } from "../Usage.ts"
import type { Call, Verb } from "../Verb.ts"
import { countFault, sentence } from "../../workflow/values.ts"

const formats = ["json"] as const

const locks = (call: Call): Promise<number> =>
  (call.args.length < 2 ? withView : withState)(call.shell, (pinnace) => {
    const [what, first = "", second] = call.args
    if (what === undefined || call.args.length === 1) return show(call, pinnace, what)
    if (what === "set" && second !== undefined) return set(call, pinnace, first, second)
    if (what === "break" && second !== undefined) return release(call.shell, pinnace, first, second)
    throw new Usage("write `locks`, `locks NAME`, `locks set NAME LIMIT`, or `locks break RUN NODE`")
  })

/** One semaphore, one key, or all keys of a family. */
const named = (all: ReadonlyArray<SemaphoreView>, name: string): ReadonlyArray<SemaphoreView> => {
  const found = all.filter((it) => it.name === name || it.family === name)
  if (found.length > 0) return found
  const near = nearest(name, all.map((it) => it.name))
  throw new NotThere(`there is no semaphore "${name}" in use.${near === undefined ? "" : ` Did you mean "${near}"?`}`)
}

const show = async (call: Call, pinnace: Pinnace, name: string | undefined): Promise<number> => {
  const known = await pinnace.locks()
  const all = name === undefined ? known : named(known, name)
  const { shell } = call
  const permits = all.flatMap(({ holders, queue }) => [...holders, ...queue])
  const called = await look(pinnace, (source) => holderNames(source, permits.map(holderOf)))
  if (outputOf(call, formats) === "json") shell.print(JSON.stringify(all, null, 2))
  else if (all.length === 0) shell.print("No semaphores: no run has asked for a permit yet")
  else {shell.print(
      table([
        ["SEMAPHORE", "HELD", "LIMIT", "WHO", "SINCE", "WHY"],
        ...(name === undefined ? folded(all) : all).flatMap((it) => rows(it, shell, called))
      ], shell.columns).join("\n")
    )}
  return 0
}

const holderOf = ({ node, run }: PermitView): string => `${run} ${node}`

const rows = (
  it: LockLine,
  shell: Shell,
  called: (text: string) => string
): ReadonlyArray<ReadonlyArray<string>> => {
  if ("keys" in it) {
    const limit = it.total === undefined ? "" : String(it.total.limit ?? "?")
    return [[shell.paint.bold(`${it.family}/*`), String(it.held), limit, "", "", inWords(it)]]
  }
  const limit = `${it.limit ?? "?"}${it.per === undefined ? "" : ` per ${age(it.per)}`}`
  const who = (permit: PermitView, how: string): ReadonlyArray<string> => [
    "",
    "",
    "",
    `${how} ${called(holderOf(permit))}${permit.weight === 1 ? "" : ` ×${permit.weight}`}`.trim(),
    age(shell.now() - permit.since),
    called(permit.reason ?? "")
  ]
  return [
    [shell.paint.bold(it.name), String(it.held), limit, "", "", it.problem ?? `limit from ${it.source}`],
    ...it.holders.map((permit) => who(permit, "held by")),
    ...it.queue.map((permit, at) => who(permit, `${at + 1}.`))
  ]
}

const set = async ({ flags, shell }: Call, pinnace: Pinnace, name: string, limit: string): Promise<number> => {
  const wrong = countFault(/^\d+$/.test(limit) ? Number(limit) : limit)
  if (wrong !== undefined) throw new Usage(sentence(`the limit of "${name}"`, wrong))
  const known = await pinnace.locks()
  const old = known.find((it) => it.name === name)
  const near = nearest(name, known.map((it) => it.name))
  const create = flags.on("new")
  if (old === undefined && near !== undefined && !create) {
    throw new NotThere(`there is no semaphore "${name}". Did you mean "${near}"?`)
  }
  if (old !== undefined && old.source !== "state file") {
    throw new NotThere(`the limit of "${name}" comes from ${old.source}: change it there`)
  }
  if (old === undefined && !create) {
    throw new NotThere(`no run has asked for a semaphore "${name}" yet: to set its limit beforehand, add --new`)
  }
  await pinnace.setLimit(name, Number(limit), { create })
  shell.print(`${name}: limit ${old?.limit ?? "none"} → ${limit}`)
  return 0
}

const release = async (shell: Shell, pinnace: Pinnace, name: string, node: string): Promise<number> => {
  const run = await findRun(pinnace, name)
  const view = await viewOf(pinnace, run)
  const found = everyNode(view).find((it) => it.name === node) ?? { path: node }
  for (const path of pathsOf(found)) {
    if (!await pinnace.breakPermit(run.id, path)) continue
    shell.print(`The permits of ${run.id} ${node} were taken away; the node itself goes on`)
    return 0
  }
  throw new NotThere(`node "${node}" of run ${run.id} neither holds nor waits for permits`)
}

/** The verb. */
export const verb: Verb = {
  usage: "[NAME | set NAME LIMIT | break RUN NODE]",
  about:
    "Shows semaphores and pools: their limits, who holds permits, who waits and why; the keys of a keyed semaphore in one line, unless it is named. `set` changes a limit that is kept in the state file, at once and for all processes; nobody is evicted. `break` takes the permits of a node away by hand.",
  takes: [0, 3],
  options: {
    new: { type: "boolean", about: "With set: a semaphore that no run has asked for yet" },
    output: outputOption(formats)
  },
  examples: [
    ["locks", "who holds what"],
    ["locks tenant/acme", "one key of a keyed semaphore; `locks tenant` shows all of its keys"],
    ["locks set api 8", "let eight work at once"],
    ["locks set default/Database/limit 3 --new", "before the first run that asks for it"],
    ["locks break report-1z fetch", "free what a node holds"]
  ],
  run: locks
}
