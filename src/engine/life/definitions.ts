/**
 * With which definition a run goes on: the one that is kept
 * for it, else the workflow that is registered under its name.
 */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { RunRow } from "../../run/State.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import { planOf } from "./plans.ts"
import { hasFormerNames, withFormerNames } from "../../plan/formerNames.ts"
import { planFrom } from "../../plan/stored.ts"
import type { Engine } from "../Engine.ts"
import { encodeThrown, errorWords } from "../../run/thrown.ts"

/** The definition of a run, or a sentence that says why this engine has none. */
export const definitionOf = (engine: Engine, row: RunRow): Effect.Effect<AnyWorkflow | string, JournalError> =>
  Effect.suspend(() => {
    const registered = engine.workflows.get(row.workflow)
    if (row.definition === null) {
      return registered === undefined ? Effect.succeed(notRegistered(row)) : asItBegan(engine, row, registered)
    }
    if (registered?.kept?.digest === row.definition) return Effect.succeed(registered)
    const known = engine.revived.get(row.definition)
    if (known !== undefined) return Effect.succeed(known)
    const revive = registered?.kept?.revive ?? engine.revivers.get(row.kind)
    return revive === undefined ? Effect.succeed(registered ?? notRegistered(row)) : Effect.map(
      engine.host.journal.reads.definition(row.definition),
      (text) => revived(engine, row, row.definition!, text, revive)
    )
  })

/** The same, where nothing has to be looked up: it is the registered one. */
export const definitionNow = (engine: Engine, { definition, digest, workflow }: RunRow): AnyWorkflow | undefined => {
  const registered = definition === null ? engine.workflows.get(workflow) : undefined
  return registered !== undefined && planOf(registered).digest === digest ? registered : undefined
}

/** A typed workflow, with the names that its nodes had when the run began. */
export const asItBegan = (
  { derived, host: { journal } }: Engine,
  row: RunRow,
  workflow: AnyWorkflow
): Effect.Effect<AnyWorkflow, JournalError> => {
  if (!hasFormerNames(workflow) || planOf(workflow).digest === row.digest) return Effect.succeed(workflow)
  const known = derived.get(workflow) ?? new Map<string, AnyWorkflow>()
  derived.set(workflow, known)
  const found = known.get(row.digest)
  if (found !== undefined) return Effect.succeed(found)
  return Effect.map(journal.reads.plan(row.digest), (stored) => {
    const made = known.get(row.digest) ??
      (stored === undefined ? workflow : withFormerNames(workflow, planFrom(stored)))
    known.set(row.digest, made)
    return made
  })
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
  text: string | undefined,
  revive: (text: string) => AnyWorkflow
): AnyWorkflow | string => {
  const known = engine.revived.get(digest)
  if (known !== undefined) return known
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
export const standstill = (engine: Engine, row: RunRow): Effect.Effect<string | undefined, JournalError> =>
  Effect.gen(function* () {
    if (isTerminal(row.phase)) return undefined
    if (row.held !== null) return `, which is held: ${row.held}`
    if (yield* isElsewhere(engine, row)) return undefined
    const definition = yield* definitionOf(engine, row)
    return typeof definition === "string" ? `, which no process executes: ${definition}` : undefined
  })

/** Whether another process that lives has the run. */
export const isElsewhere = ({ host: { journal } }: Engine, { owner }: RunRow): Effect.Effect<boolean, JournalError> =>
  owner === null || owner === journal.process ? Effect.succeed(false) : journal.reads.isAlive(owner)

/** Whether a process that lives has the run. */
export const isExecuted = ({ host: { journal } }: Engine, { owner }: RunRow): Effect.Effect<boolean, JournalError> =>
  owner === null || owner === journal.process ? Effect.succeed(owner !== null) : journal.reads.isAlive(owner)

const notRegistered = ({ id, workflow }: RunRow): string => {
  const way = workflow.includes("@") ? `, or go on with another version: pinnace migrate ${id} --file FILE` : ""
  return `Workflow "${workflow}" is not registered in any process that has this file open: pass it to open({ workflows }) to go on, or name its module on the command line: pinnace resume ${id} --file FILE${way}`
}
