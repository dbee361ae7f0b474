/** The command with which a run goes on that does not go on by itself, as it can be typed. */
import { relative } from "node:path"
import process from "node:process"
import { type Defined, isDefined, modulesOf } from "../arguments/definition.ts"
import { nameOf } from "../arguments/nameOf.ts"
import { quoted, type Shell } from "../Shell.ts"
import { isManifestRun } from "../../view/runHead.ts"

/** A command about a run, with the state file where that has to be named. */
export const commandOn = ({ dbOption, program }: Shell, verb: string, ...words: ReadonlyArray<string>): string =>
  `${[program, verb, ...words.map(quoted)].join(" ")}${dbOption}`

/**
 * For a run that is held, suspended or executed by no process;
 * `FILE` stands in it where nobody knows what defines the run.
 */
export const wayOn = (shell: Shell, row: Defined & { readonly held?: string | null }): string => {
  const isKnown = isDefined(row) || shell.workflows.some((it) => nameOf(it) === row.workflow)
  const file = isKnown ? [] : ["--file", "FILE"]
  if ((row.held ?? null) === null) return commandOn(shell, "resume", row.id, ...file)
  // What is kept of a manifest is whole but for Secrets; a typed run is held because its definition changed.
  return isManifestRun(row)
    ? commandOn(shell, "resume", row.id, "--file", "FILE")
    : commandOn(shell, "resubmit", row.id, "--memoized", ...file)
}

/** For a run that waits for a place of a pool that nobody offers. */
export const workerFor = (shell: Shell, row: Defined, pool: string): string => {
  const files = isManifestRun(row) ? [] : modulesOf(row).map((file) => shortest(file))
  const isOwn = shell.workflows.some((it) => nameOf(it) === row.workflow)
  const named = files.length > 0 || isOwn || isManifestRun(row) ? files : ["FILE"]
  return commandOn(shell, "worker", ...named, "--pool", `${pool}=1`)
}

const shortest = (file: string): string => {
  const way = relative(process.cwd(), file)
  return way.startsWith("..") ? file : way
}
