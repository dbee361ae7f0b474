/** What in a state file does not move, and the command with which each goes on. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import type { Stuck, StuckKind } from "../../engine/observe/stuck.ts"
import type { Shell } from "../Shell.ts"
import { viewOf } from "../arguments/rows.ts"
import { byPath, everyNode, type NodeView } from "../../view/RunView.ts"
import type { Call } from "../Verb.ts"
import { commandOn, wayOn } from "../running/wayOn.ts"

const titles: Readonly<Record<StuckKind, string>> = {
  held: "Held: they cannot go on as they are",
  interrupted: "Interrupted: no process is executing them",
  suspended: "Suspended",
  signal: "Waiting for a signal",
  permit: "Waiting for permits",
  time: "Waiting for a time"
}

/** Tells all of it in groups, or as data. */
export const tellStuck = async ({ shell }: Call, pinnace: Pinnace, format: string | undefined): Promise<number> => {
  const all = await named(shell, pinnace, pinnace.stuck())
  if (format === "json") {
    shell.print(JSON.stringify(all.map((it) => ({ ...it, next: nextFor(shell, it) })), null, 2))
    return 0
  }
  if (all.length === 0) shell.print("Nothing is stuck")
  for (const [kind, found] of Map.groupBy(all, (it) => it.kind)) {
    shell.print(shell.paint.bold(`${titles[kind]}:`))
    for (const it of found) lines(shell, it).forEach(shell.print)
  }
  return 0
}

/** The command with which a run goes on that no process executes. */
export const nextOf = (shell: Shell, run: RunHandle): string => wayOn(shell, run.status())

/** Why a node waits, of a suspend node of a manifest with the outputs that a person gives values for. */
export const askedOf = ({ asks = [], defaults = {}, type }: NodeView, because: string): string => {
  if (type !== "Suspend") return because
  const until = /^it waits until (.*)$/.exec(because)?.[1]
  const values = asks.length === 0 ? "" : ` with ${asks.join(", ")}`
  const others = Object.entries(defaults).map(([name, value]) => `; ${name} is ${JSON.stringify(value)} by default`)
  return `it waits for a signal${values}${until === undefined ? "" : ` until ${until}`}${others.join("")}`
}

/** The exact commands that answer those of the given nodes of a run which wait for a signal. */
export const tellAnswers = async (
  { shell }: Call,
  pinnace: Pinnace,
  run: string,
  paths: ReadonlyArray<string>
): Promise<void> => {
  const found = await named(shell, pinnace, pinnace.stuck().filter((it) => it.run === run && paths.includes(it.node)))
  for (const it of found.filter(({ kind }) => kind === "signal")) {
    shell.print(shell.paint.dim(`  ${nextFor(shell, it)}`))
  }
}

const lines = (shell: Shell, it: Named): ReadonlyArray<string> => {
  const next = nextFor(shell, it)
  return [
    `  ${it.run}${it.name === "" ? "" : ` ${it.name}`}: ${it.because}`,
    ...(next === "" ? [] : [shell.paint.dim(`    ${next}`)])
  ]
}

interface Named extends Stuck {
  /** The node as people call it. */
  readonly name: string
  readonly isManifest: boolean
  /** The command for its run as a whole. */
  readonly goOn: () => string
  /** Outputs of a suspend node of a manifest that still have no value. */
  readonly outputs: ReadonlyArray<string>
}

const named = async (shell: Shell, pinnace: Pinnace, found: ReadonlyArray<Stuck>): Promise<ReadonlyArray<Named>> => {
  const views = new Map<string, Awaited<ReturnType<typeof viewOf>>>()
  return await Promise.all(found.map(async (it) => {
    const run = pinnace.get(it.run)
    const view = run === undefined ? undefined : views.get(it.run) ?? await viewOf(pinnace, run)
    if (view !== undefined) views.set(it.run, view)
    const node = byPath(view === undefined ? [] : everyNode(view)).get(it.node)
    return {
      ...it,
      name: node?.name ?? it.node,
      kind: node?.asks === undefined ? it.kind : "signal",
      because: node === undefined ? it.because : askedOf(node, it.because),
      isManifest: view?.isManifest === true,
      goOn: () => run === undefined ? "" : nextOf(shell, run),
      outputs: node?.asks ?? []
    }
  }))
}

/** The command with which it goes on; empty when it does so by itself. */
const nextFor = (shell: Shell, it: Named): string => {
  switch (it.kind) {
    case "held":
    case "interrupted":
    case "suspended":
      return it.goOn()
    case "signal":
      return answerTo(it, (verb, ...rest) => commandOn(shell, verb, it.run, ...rest))
    case "permit":
      return commandOn(shell, "locks")
    case "time":
      return ""
  }
}

const answerTo = (it: Named, at: (verb: string, ...rest: ReadonlyArray<string>) => string): string => {
  if (it.isManifest) {
    return at(
      it.outputs.length === 0 ? "approve" : "signal",
      it.name,
      ...it.outputs.flatMap((name) => ["-p", `${name}=VALUE`])
    )
  }
  if (it.asks === undefined || it.asks.value === "") return at("approve", it.name)
  return at("signal", it.name, JSON.stringify(it.asks.example ?? null))
}
