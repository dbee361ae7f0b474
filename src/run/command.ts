/** Whether a command makes sense for a run as it stands, and what to answer when it does not. */
import { continuedIn } from "./chain.ts"
import { withoutParent } from "./childRun.ts"
import { cacheLabel } from "./cacheMode.ts"
import { isBefore } from "./early.ts"
import { isTerminal, type Phase } from "./Phase.ts"
import type { NodeRow, RunRow } from "./State.ts"

/** What can be asked of a run. */
export type Verb = "stop" | "terminate" | "suspend" | "resume" | "signal" | "retry" | "compensate" | "delete"

/**
 * Details of a command: `path` and `node` for `signal`, `mainPhase` for `stop`, the others for `retry` and `delete`.
 */
export interface CommandDetails {
  readonly path?: string | undefined
  readonly node?: NodeRow | undefined
  readonly restartSuccessful?: boolean | undefined
  readonly selected?: boolean | undefined
  readonly force?: boolean | undefined
  /** Whether a value is kept for a node that does not wait yet, for `signal`. */
  readonly mayWait?: boolean | undefined
  /** Whether what it did is undone first, for `terminate`. */
  readonly compensate?: boolean | undefined
  /** How the main part of the run ended, once it has, for `stop` and `terminate`. */
  readonly mainPhase?: Phase | undefined
}

const standing = (row: RunRow): string => {
  if (isTerminal(row.phase)) return `it has ended (${row.phase})`
  if (row.stopping === "stop") return "it is stopping"
  if (row.stopping !== null) return "it is being terminated"
  return row.suspended ? "it is suspended" : `it is ${row.phase}`
}

const ended = (row: RunRow): string | undefined => isTerminal(row.phase) ? standing(row) : undefined

const ending = (row: RunRow): string | undefined => row.stopping === null ? ended(row) : standing(row)

/** What follows the main part is spared by a stop, so that there is nothing left for it to do. */
const unstoppable = (row: RunRow, { mainPhase }: CommandDetails): string | undefined =>
  ended(row) ??
    (mainPhase === undefined
      ? undefined
      : `its main part has ended (${mainPhase}) and its exit handlers run: terminate it to end them`)

const unterminable = (row: RunRow, { compensate, mainPhase }: CommandDetails): string | undefined =>
  ended(row) ??
    (compensate === true && mainPhase === "Succeeded"
      ? "its main part has succeeded: terminate it without compensate"
      : undefined)

const unresumable = (row: RunRow, { node }: CommandDetails): string | undefined =>
  ending(row) ?? (row.suspended || node?.waiting === "Suspended" ? undefined : "it is not suspended")

const unsignalled = (row: RunRow, { mayWait, node, path }: CommandDetails): string | undefined => {
  const run = ending(row)
  if (run !== undefined) return run
  if (mayWait === true && isBefore(node)) return undefined
  if (node === undefined) return `node "${path ?? ""}" has not begun or does not exist`
  if (isTerminal(node.phase)) return `node "${node.path}" has ended (${node.phase})`
  const waits = node.waiting === "Signal" || node.waiting === "Suspended" ||
    (node.kind === "suspend" && node.waiting === "Timer")
  return waits ? undefined : `node "${node.path}" is not waiting for a signal`
}

/** The label of runs that were taken in from another file: they are there to be looked at. */
export const importedLabel = "pinnace/imported"

/** The labels of a run that goes on from one: what is said of that run alone is left out. */
export const labelsOfNext = (labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> => {
  const { [cacheLabel]: _, [importedLabel]: __, ...rest } = labels
  return withoutParent(rest)
}

/** What labels of this program begin with. */
const ownLabels = "pinnace/"

/** The name under which an imported run keeps a label: those of this program mean nothing on it. */
export const originLabel = (name: string): string =>
  name.startsWith(ownLabels) ? `imported/${name.slice(ownLabels.length)}` : name

const imported = "it was imported and cannot change: resubmit it instead"

const unretryable = (row: RunRow, { restartSuccessful, selected }: CommandDetails): string | undefined => {
  if (importedLabel in row.labels) return imported
  if (row.phase === "Failed" || row.phase === "Error") return undefined
  if (row.phase !== "Succeeded") return standing(row)
  const next = continuedIn(row)
  if (next !== undefined) return `it goes on in run "${next}": retry that one`
  return restartSuccessful === true && selected === true
    ? undefined
    : "it succeeded: choose nodes, and restart successful ones with restartSuccessful (--restart-successful)"
}

const uncompensated = (row: RunRow): string | undefined => {
  if (importedLabel in row.labels) return imported
  if (!isTerminal(row.phase)) return `${standing(row)}: terminate it with compensate`
  const next = continuedIn(row)
  return next === undefined ? undefined : `it goes on in run "${next}"`
}

const undeletable = (row: RunRow, { force }: CommandDetails): string | undefined =>
  isTerminal(row.phase) || force === true ? undefined : `${standing(row)}: stop or terminate it first`

const objections: Readonly<Record<Verb, (row: RunRow, details: CommandDetails) => string | undefined>> = {
  stop: unstoppable,
  terminate: unterminable,
  suspend: ending,
  resume: unresumable,
  signal: unsignalled,
  retry: unretryable,
  compensate: uncompensated,
  delete: undeletable
}

/**
 * Whether a word is a command: another process, of another version, may have written one that this one does not know.
 */
export const isVerb = (word: string): word is Verb => Object.hasOwn(objections, word)

/**
 * Why a command makes no sense now, as a sentence ("Cannot retry run X:
 * it is Running"), or `undefined` when it does. Ask `already` first.
 */
export const refusal = (verb: Verb, row: RunRow, details: CommandDetails = {}): string | undefined => {
  const why = objections[verb](row, details)
  return why === undefined ? undefined : `Cannot ${verb} run ${row.id}: ${why}`
}

/**
 * The sentence that says a command has nothing to do because the
 * run already is so ("Run X is already stopping"), or `undefined`.
 */
export const already = (
  verb: Verb,
  row: RunRow,
  { compensate = false }: Pick<CommandDetails, "compensate"> = {}
): string | undefined => {
  if (isTerminal(row.phase)) return undefined
  const { id, stopping, suspended } = row
  if (stopping === "undo" && (verb === "stop" || verb === "terminate" && compensate)) {
    return `Run ${id} is already being terminated; what it did is undone first`
  }
  if (verb === "stop" && stopping === "stop") return `Run ${id} is already stopping`
  if ((verb === "stop" || verb === "terminate") && stopping === "terminate") {
    return `Run ${id} is already being terminated`
  }
  return verb === "suspend" && suspended ? `Run ${id} is already suspended` : undefined
}
