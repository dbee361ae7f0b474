/** Puts a workflow together from its options and from what the builder function did. */
import * as SchemaAST from "effect/SchemaAST"
import { admitWorkflow, type AnyWorkflowOptions, compensationOf } from "./workflowOptions.ts"
import { toCodec, toErrorCodec } from "./codecSpec.ts"
import type { AnyWorkflow, FlowBody, NodeDef } from "./Definition.ts"
import { GraphBuilder } from "./GraphBuilder.ts"
import { toExitDef, toHooksDef } from "./Handler.ts"
import { millis } from "./millis.ts"
import { normalizeRetry } from "./normalizeRetry.ts"
import { refCodec } from "./refCodec.ts"
import { toRetention } from "./Retention.ts"
import type { FieldTree } from "./Ref.ts"
import { toPermits } from "./Semaphore.ts"
import { toStart } from "./StartPolicy.ts"
import { versioned } from "./version.ts"

const assembled = new WeakSet<object>()

/** Whether this copy of the library made a workflow: two copies do not know each other's schemas. */
export const isAssembledHere = (workflow: object): boolean => assembled.has(workflow)

/** Runs the builder function and freezes what came of it. */
export const assemble = (
  name: string,
  given: AnyWorkflowOptions,
  build: (builder: GraphBuilder) => unknown,
  flow?: FlowBody
): AnyWorkflow => {
  const options = admitWorkflow(name, given, build)
  const input = toCodec(options.input)
  const builder = new GraphBuilder(fieldsOf(SchemaAST.toType(input.ast), 0))
  const result = builder.result(build(builder))
  const output = options.output === undefined ? refCodec(result, byName(builder.nodes), input) : toCodec(options.output)
  const statesErrors = options.errors !== undefined
  const error = statesErrors ? toErrorCodec(options.errors) : builder.failures.behind(result)
  const workflow: AnyWorkflow = Object.freeze({
    _tag: "Workflow" as const,
    name: versioned(name, options.version),
    version: options.version,
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
    start: toStart(options.start),
    gc: options.gc,
    store: options.store,
    retention: toRetention(options.ttl),
    suspended: options.suspended ?? false,
    ...compensationOf(name, options.compensate, { input, output }),
    kept: options.kept,
    labels: typeof options.labels === "function" ? options.labels : Object.freeze({ ...options.labels }),
    flow,
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
