/** A manifest as a workflow of the engine: one task, beneath which the manifest's nodes run. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type LiveNode, nodeOf } from "../engine/Interpreter.ts"
import type { RetentionOption } from "../workflow/Retention.ts"
import type { KeptDefinition } from "../workflow/Definition.ts"
import { task } from "../workflow/Task.ts"
import { type Workflow, workflow } from "../workflow/Workflow.ts"
import { BadArgument } from "./document/BadArgument.ts"
import type { WorkflowSpec } from "./document/Manifest.ts"
import { endOfRun } from "./compile/endOfRun.ts"
import { runLabels } from "./values/runLabels.ts"
import { openSession, type Surroundings } from "./compile/openSession.ts"
import { runName } from "./compile/naming.ts"
import { runMeasured } from "./compile/workflowMetrics.ts"
import { parametersOf, type ParameterSources } from "./values/runParameters.ts"
import type { NodeResult, OutputParameter } from "./values/Result.ts"
import type { Session } from "./compile/Session.ts"

/** A workflow whose verdict is `Failed`. */
export class ManifestFailed
  extends Schema.TaggedError<ManifestFailed>()("ManifestFailed", { message: Schema.String }) {}

/** The arguments of a run: values of workflow parameters. */
export interface ManifestInput {
  /** Values by the names of parameters; what is absent has its default. */
  readonly parameters: Readonly<Record<string, string>>
}

/** What a run gives: its global outputs. */
export interface ManifestOutput {
  /** Values by their global names. */
  readonly parameters: Readonly<Record<string, string>>
}

const inputSchema = { parameters: Schema.Record(Schema.String, Schema.String) }
const outputSchema = { parameters: Schema.Record(Schema.String, Schema.String) }

const declared = new WeakMap<object, ReadonlyArray<string>>()

/** The names of the parameters that a manifest's workflow declares; `undefined` for other workflows. */
export const parametersDeclaredBy = (workflow: object): ReadonlyArray<string> | undefined => declared.get(workflow)

/** What the workflow of a manifest is called, for its runs too. */
export const workflowName = ({ generateName, name }: Readonly<Record<string, unknown>>): string =>
  String(name ?? generateName ?? "workflow").replace(/[^\w-]+/g, "-").replace(/-+$/, "")

/** Makes the workflow. */
export const toWorkflow = (
  surroundings: Surroundings,
  kept: KeptDefinition
): Workflow<ManifestInput, ManifestOutput, ManifestFailed> => {
  const { metadata } = surroundings.owner.document
  const name = workflowName({ ...metadata })
  const input = { parameters: givenFor(surroundings) }
  const main = task("main", {
    input: inputSchema,
    output: outputSchema,
    errors: [ManifestFailed],
    run: (input: ManifestInput, context) =>
      Effect.suspend(() => {
        const live = nodeOf(context)
        const session = openSession(surroundings, input.parameters, live)
        return runMeasured(session, live).pipe(
          Effect.onExit((exit) => endOfRun(session, live, exit)),
          Effect.flatMap((result) => verdict(session, live, result))
        )
      })
  })
  const made = workflow(
    name,
    {
      input,
      output: outputSchema,
      errors: [ManifestFailed],
      suspended: surroundings.spec.suspend === true,
      ...{ kept },
      labels: ({ parameters: given }, { createdAt, id }) =>
        runLabels(surroundings, { id, name: runName(metadata, id), createdAt, given }),
      ...retention(surroundings.spec)
    },
    (w) => w.node("main", main, { input: (_: unknown, input: ManifestInput) => input })
  )
  declared.set(made, (surroundings.spec.arguments?.parameters ?? []).flatMap(({ name }) => name ?? []))
  return made
}

/** The arguments of a run; a run is not started with arguments that it cannot have. */
const givenFor = (sources: ParameterSources) =>
  inputSchema.parameters.check(Schema.makeFilter((given) => {
    try {
      parametersOf(sources, given)
      return undefined
    } catch (error) {
      if (error instanceof BadArgument) return error.message
      throw error
    }
  }))

/** The time to live of ended runs, in the engine's words. */
const retention = ({ ttlStrategy }: WorkflowSpec): { readonly ttl?: RetentionOption } => {
  const { secondsAfterCompletion, secondsAfterFailure, secondsAfterSuccess } = ttlStrategy ?? {}
  const times = { completion: secondsAfterCompletion, failure: secondsAfterFailure, success: secondsAfterSuccess }
  const given = Object.entries(times).flatMap(([name, seconds]) =>
    seconds === undefined ? [] : [[name, seconds * 1_000] as const]
  )
  return given.length === 0 ? {} : { ttl: Object.fromEntries(given) }
}

const verdict = (
  session: Session,
  live: LiveNode,
  result: NodeResult
): Effect.Effect<ManifestOutput, ManifestFailed> => {
  const { stopping } = live.run.ledger.row
  const message = stopping === null
    ? result.message ?? ""
    : `Stopped with strategy '${stopping === "stop" ? "Stop" : "Terminate"}'`
  if (result.phase === "Failed") return Effect.fail(new ManifestFailed({ message }))
  if (result.phase === "Error") return Effect.die(new Error(message))
  return Effect.succeed({ parameters: valuesOf(session.parameters.values()) })
}

const valuesOf = (parameters: Iterable<OutputParameter>): Readonly<Record<string, string>> =>
  Object.fromEntries([...parameters].map(({ name, value }) => [name, value]))
