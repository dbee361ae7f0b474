/**
 * With which definition a run goes on: the one that is kept
 * for it, else the workflow that is registered under its name.
 */
import { isTerminal } from "../../run/Phase.ts"
import type { RunRow } from "../../run/State.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import { planOf } from "./plans.ts"
import { hasFormerNames, withFormerNames } from "../../plan/formerNames.ts"
import type { Engine } from "../Engine.ts"
import { encodeThrown, errorWords } from "../../run/thrown.ts"

/** The definition of a run, or a sentence that says why this engine has none. */
export const definitionOf = (engine: Engine, row: RunRow): AnyWorkflow | string => {
  const registered = engine.workflows.get(row.workflow)
  if (row.definition === null) return registered === undefined ? notRegistered(row) : asItBegan(engine, row, registered)
  if (registered?.kept?.digest === row.definition) return registered
  const known = engine.revived.get(row.definition)
  if (known !== undefined) return known
  const revive = registered?.kept?.revive ?? engine.revivers.get(row.kind)
  return revive === undefined ? registered ?? notRegistered(row) : revived(engine, row, row.definition, revive)
}

/** A typed workflow, with the names that its nodes had when the run began. */
const asItBegan = ({ derived, host: { journal } }: Engine, row: RunRow, workflow: AnyWorkflow): AnyWorkflow => {
  if (!hasFormerNames(workflow) || planOf(workflow).digest === row.digest) return workflow
  const known = derived.get(workflow) ?? new Map<string, AnyWorkflow>()
  derived.set(workflow, known)
  const found = known.get(row.digest)
  if (found !== undefined) return found
  const stored = journal.plan(row.digest)
  const made = stored === undefined ? workflow : withFormerNames(workflow, JSON.parse(stored))
  known.set(row.digest, made)
  return made
}

/** Whether a workflow was made here of a registered one or of what is kept, for runs that began with another. */
export const isDerived = ({ derived, revived, workflows }: Engine, workflow: AnyWorkflow): boolean => {
  if (workflow.kept !== undefined) return revived.get(workflow.kept.digest) === workflow
  const registered = workflows.get(workflow.name)
  return registered !== undefined && registered !== workflow &&
    [...derived.get(registered)?.values() ?? []].includes(workflow)
}

const revived = (
  engine: Engine,
  row: RunRow,
  digest: string,
  revive: (text: string) => AnyWorkflow
): AnyWorkflow | string => {
  const text = engine.host.journal.definition(digest)
  if (text === undefined) return `The definition with which run "${row.id}" was started is missing in the state file`
  try {
    const workflow = revive(text)
    if (workflow.kept?.digest !== digest || workflow.name !== row.workflow) {
      return `The definition with which run "${row.id}" was started is damaged in the state file`
    }
    engine.revived.set(digest, workflow)
    return workflow
  } catch (error) {
    return `The definition with which run "${row.id}" was started cannot be used here: ${
      errorWords(encodeThrown(error))
    }`
  }
}

/**
 * Why an open run does not go on by itself, to be put after its id;
 * `undefined` when it does, or has ended. Every command says the same.
 */
export const standstill = (engine: Engine, row: RunRow): string | undefined => {
  const { journal } = engine.host
  if (isTerminal(row.phase)) return undefined
  if (row.held !== null) return `, which is held: ${row.held}`
  if (row.owner !== null && row.owner !== journal.process && journal.isAlive(row.owner)) return undefined
  const definition = definitionOf(engine, row)
  return typeof definition === "string" ? `, which no process executes: ${definition}` : undefined
}

const notRegistered = ({ workflow }: RunRow): string =>
  `Workflow "${workflow}" is not registered in any process that has this file open: pass it to open({ workflows }) to go on`
