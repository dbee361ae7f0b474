// deno-lint-ignore-file no-explicit-any -- types are erased here, the public signatures carry them
/** Puts a workflow together from its options and from what the builder function did. */
import * as SchemaAST from "effect/SchemaAST"
import type { ArtifactGC } from "./Artifact.ts"
import { type CodecSpec, type ErrorSpec, toCodec, toErrorCodec } from "./codecSpec.ts"
import type { AnyWorkflow, KeptDefinition, NodeDef } from "./Definition.ts"
import { GraphBuilder } from "./GraphBuilder.ts"
import { toExitDef, toHooksDef } from "./Handler.ts"
import { type DurationInput, millis } from "./millis.ts"
import { normalizeRetry } from "./normalizeRetry.ts"
import { refCodec } from "./refCodec.ts"
import { type RetentionOption, toRetention } from "./Retention.ts"
import type { FieldTree } from "./Ref.ts"
import type { RunLabels } from "./RunLabels.ts"
import type { RetryPolicy } from "./Retry.ts"
import { type PermitOptions, toPermits } from "./Semaphore.ts"

/** The options of a workflow, types erased. */
export interface AnyWorkflowOptions extends PermitOptions {
  readonly suspended?: boolean
  readonly kept?: KeptDefinition
  readonly labels?: RunLabels<any>
  readonly input?: CodecSpec | undefined
  readonly output?: CodecSpec | undefined
  readonly errors?: ErrorSpec
  readonly description?: string
  readonly failFast?: boolean
  readonly parallelism?: number
  readonly timeout?: DurationInput
  readonly retry?: RetryPolicy<any>
  readonly gc?: ArtifactGC
  readonly store?: string
  readonly ttl?: RetentionOption
}

const assembled = new WeakSet<object>()

/** Whether this copy of the library made a workflow: two copies do not know each other's schemas. */
export const isAssembledHere = (workflow: object): boolean => assembled.has(workflow)

/** Runs the builder function and freezes what came of it. */
export const assemble = (
  name: string,
  options: AnyWorkflowOptions,
  build: (builder: GraphBuilder) => unknown
): AnyWorkflow => {
  const input = toCodec(options.input)
  const builder = new GraphBuilder(fieldsOf(SchemaAST.toType(input.ast), 0))
  const result = builder.result(build(builder))
  const output = options.output === undefined ? refCodec(result, byName(builder.nodes), input) : toCodec(options.output)
  const statesErrors = options.errors !== undefined
  const error = statesErrors ? toErrorCodec(options.errors) : builder.failures.behind(result)
  const workflow: AnyWorkflow = Object.freeze({
    _tag: "Workflow" as const,
    name,
    description: options.description,
    input,
    output,
    error,
    statesErrors,
    nodes: Object.freeze(builder.nodes),
    result,
    failFast: options.failFast ?? false,
    parallelism: options.parallelism ?? Infinity,
    timeout: options.timeout === undefined ? Infinity : millis(options.timeout),
    retry: normalizeRetry(options.retry),
    permits: toPermits(options),
    gc: options.gc,
    store: options.store,
    retention: toRetention(options.ttl),
    suspended: options.suspended ?? false,
    kept: options.kept,
    labels: typeof options.labels === "function" ? options.labels : Object.freeze({ ...options.labels }),
    onExit: toExitDef(builder.exit, { output, error }),
    hooks: toHooksDef(Object.fromEntries(builder.hooks), { output, error }),
    mistakes: Object.freeze(builder.mistakes)
  })
  assembled.add(workflow)
  return workflow
}

const byName = (nodes: ReadonlyArray<NodeDef>): ReadonlyMap<string, NodeDef> =>
  new Map(nodes.map((node) => [node.name, node]))

// A struct that holds itself through a class has no last level.
const LEVELS = 8

/** The fields of a struct and of the structs in it; none for other schemas. */
const fieldsOf = (ast: SchemaAST.AST, level: number): FieldTree => {
  const struct = ast._tag === "Declaration" ? ast.typeParameters[0] : ast
  if (struct?._tag !== "Objects" || level === LEVELS) return {}
  return Object.fromEntries(
    struct.propertySignatures.flatMap(({ name, type }) =>
      typeof name === "string" ? [[name, fieldsOf(type, level + 1)]] : []
    )
  )
}
