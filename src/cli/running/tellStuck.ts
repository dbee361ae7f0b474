/** What in a state file does not move, and the command with which each goes on. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import type { StuckKind } from "../../engine/observe/stuck.ts"
import type { Shell } from "../Shell.ts"
import { look } from "../arguments/rows.ts"
import { namedStuck, type StuckView } from "../../view/readStuck.ts"
import type { Call } from "../Verb.ts"
import { commandOn, wayOn, workerFor } from "./wayOn.ts"

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
  const stuck = await pinnace.stuck()
  const all = await look(pinnace, (source) => namedStuck(source, stuck))
  if (format === "json") {
    shell.print(
      JSON.stringify(
        await Promise.all(all.map(async (it) => ({ ...it, next: await nextFor(shell, pinnace, it) }))),
        null,
        2
      )
    )
    return 0
  }
  if (all.length === 0) shell.print("Nothing is stuck")
  for (const [kind, found] of Map.groupBy(all, (it) => it.kind)) {
    shell.print(shell.paint.bold(`${titles[kind]}:`))
    for (const it of found) (await lines(shell, pinnace, it)).forEach(shell.print)
  }
  return 0
}

/** The command with which a run goes on that no process executes. */
export const nextOf = async (shell: Shell, run: RunHandle): Promise<string> => wayOn(shell, await run.status())

/** The exact commands that answer those of the given nodes of a run which wait for a signal, or for a worker. */
export const tellAnswers = async (
  { shell }: Call,
  pinnace: Pinnace,
  run: string,
  paths: ReadonlyArray<string>
): Promise<void> => {
  const stuck = (await pinnace.stuck()).filter((it) => it.run === run && paths.includes(it.node))
  const found = await look(pinnace, (source) => namedStuck(source, stuck))
  const asking = found.filter(({ kind, pool }) => kind === "signal" || pool !== undefined)
  const commands = await Promise.all(asking.map((it) => nextFor(shell, pinnace, it)))
  for (const command of new Set(commands)) shell.print(shell.paint.dim(`  ${command}`))
}

const lines = async (shell: Shell, pinnace: Pinnace, it: StuckView): Promise<ReadonlyArray<string>> => {
  const next = await nextFor(shell, pinnace, it)
  return [
    `  ${it.run}${it.name === "" ? "" : ` ${it.name}`}: ${it.because}`,
    ...(next === "" ? [] : [shell.paint.dim(`    ${next}`)])
  ]
}

/** The command with which it goes on; empty when it does so by itself. */
const nextFor = async (shell: Shell, pinnace: Pinnace, it: StuckView): Promise<string> => {
  switch (it.kind) {
    case "held":
    case "interrupted":
    case "suspended":
      return goOn(shell, await pinnace.get(it.run))
    case "signal":
      return answerTo(it, (verb, ...rest) => commandOn(shell, verb, it.run, ...rest))
    case "permit":
      return it.pool === undefined ? commandOn(shell, "locks") : workerOf(shell, await pinnace.get(it.run), it.pool)
    case "time":
      return ""
  }
}

/** The command with which a node that waits for a signal goes on; `undefined` where it waits for none. */
export const answerFor = async (
  shell: Shell,
  pinnace: Pinnace,
  run: string,
  path: string
): Promise<string | undefined> => {
  const waiting = (await pinnace.stuck()).filter((it) => it.run === run && it.node === path)
  const [it] = await look(pinnace, (source) => namedStuck(source, waiting))
  return it?.kind === "signal" ? await nextFor(shell, pinnace, it) : undefined
}

const workerOf = async (shell: Shell, run: RunHandle | undefined, pool: string): Promise<string> =>
  run === undefined ? "" : workerFor(shell, await run.status(), pool)

const goOn = async (shell: Shell, run: RunHandle | undefined): Promise<string> =>
  run === undefined ? "" : await nextOf(shell, run)

const answerTo = (it: StuckView, at: (verb: string, ...rest: ReadonlyArray<string>) => string): string => {
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
