/** What the demonstration adds to the work: a pace that people can follow, a count of executions, whole files. */
import { Buffer } from "node:buffer"
import { appendFileSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { setTimeout as sleep } from "node:timers/promises"
import type { OpenOptions, TaskContext } from "../../mod.ts"
import type { ArtifactStore } from "../../src/store/mod.ts"

/** Where the demonstration keeps its files, and how slow it is: 1 is for people, 0 for machines. */
export interface Demo {
  readonly folder: string
  readonly pace: number
  /** Where artifacts are kept; default beside the state file. */
  readonly store?: ArtifactStore
  /** The flags that say so, for a child process. */
  readonly flags?: ReadonlyArray<string>
}

let demo: Demo = { folder: ".", pace: 0 }

/** From now on bodies work for this demonstration. */
export const play = (given: Demo): void => {
  demo = given
}

/** How the engine is opened. */
export const artifactsOf = ({ store }: Demo): Pick<OpenOptions, "artifacts"> =>
  store === undefined ? {} : { artifacts: { store } }

/** The state file. */
export const stateFile = ({ folder }: Demo): string => join(folder, "state.db")

const executionsFile = ({ folder }: Demo): string => join(folder, "executions.log")

/**
 * Does the work of a body; counts that it was executed in a
 * side file, which a kill leaves as it is, and takes its time.
 */
export const work = async <A>(context: TaskContext, millis: number, body: () => A): Promise<A> => {
  appendFileSync(executionsFile(demo), `${process.pid} ${context.attempt} ${context.node}\n`)
  await sleep(millis * demo.pace, undefined, { signal: context.signal })
  return body()
}

/** The paths of the nodes whose bodies a process executed, one for each execution. */
export const executionsOf = (demo: Demo, pid: number): ReadonlyArray<string> =>
  readFileSync(executionsFile(demo), "utf8").trimEnd().split("\n")
    .map((line) => line.split(" "))
    .filter(([by]) => by === String(pid))
    .map(([, , path = ""]) => path)

/** Writes a file as a whole or not at all, so that a kill in the middle leaves the old one. */
export const writeWhole = (name: string, text: string): { file: string; bytes: number } => {
  const file = join(demo.folder, name)
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, text)
  renameSync(draft, file)
  return { file, bytes: Buffer.byteLength(text) }
}
