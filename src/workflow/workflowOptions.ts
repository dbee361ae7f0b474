// deno-lint-ignore-file no-explicit-any -- types are erased here, the public signatures carry them
/** The options of a workflow, types erased, and what is wrong with them. */
import {
  admitNamed,
  admitOne,
  anything,
  callable,
  failFastRule,
  flag,
  listOf,
  type Rule,
  type Rules,
  text
} from "./admit.ts"
import type { ArtifactGC } from "./Artifact.ts"
import { seen, treatmentRules } from "./authored.ts"
import type { CodecSpec, ErrorSpec } from "./codecSpec.ts"
import { type Compensation, compensationRule, toCompensation } from "./Compensation.ts"
import type { AnyWorkflow, FailFast, KeptDefinition } from "./Definition.ts"
import type { DurationInput } from "./millis.ts"
import { type RetentionOption, retentionRule } from "./Retention.ts"
import type { RunLabels } from "./RunLabels.ts"
import type { RetryPolicy } from "./Retry.ts"
import { schema, schemaSpec } from "./schemaSpec.ts"
import type { PermitOptions } from "./Semaphore.ts"
import { type StartPolicies, startRule } from "./StartPolicy.ts"
import { shown } from "./values.ts"
import { versionRule } from "./version.ts"

const undoRule: Rule = (value) => {
  if (value === "parallel" || typeof value === "boolean" || compensationRule(value) === undefined) return undefined
  return { what: `is ${shown(value)}`, hint: 'Use true, false, "parallel" or a function' }
}

/** The options of a workflow, types erased. */
export interface AnyWorkflowOptions extends PermitOptions<any> {
  readonly suspended?: boolean
  readonly compensate?: boolean | "parallel" | Compensation<any, any, any>
  readonly kept?: KeptDefinition
  readonly labels?: RunLabels<any>
  readonly input?: CodecSpec | undefined
  readonly output?: CodecSpec | undefined
  readonly errors?: ErrorSpec
  readonly services?: ReadonlyArray<unknown>
  readonly description?: string
  readonly failFast?: FailFast
  readonly parallelism?: number
  readonly timeout?: DurationInput
  readonly retry?: RetryPolicy<any>
  readonly gc?: ArtifactGC
  readonly store?: string
  readonly ttl?: RetentionOption
  readonly start?: StartPolicies
  readonly version?: string
}

const workflowRules: Rules<AnyWorkflowOptions> = {
  retry: treatmentRules.retry,
  permits: treatmentRules.permits,
  hold: anything,
  permitPriority: anything,
  input: schemaSpec,
  output: schemaSpec,
  errors: listOf(schema),
  services: listOf(anything),
  description: text,
  failFast: failFastRule,
  parallelism: anything,
  timeout: anything,
  gc: anything,
  store: text,
  ttl: retentionRule,
  start: startRule,
  version: versionRule,
  suspended: flag,
  compensate: undoRule,
  labels: seen((value) => typeof value === "function" || Object.entries(value)),
  kept: anything
}

/** The options of a workflow. Throws `InvalidValue`. */
export const admitWorkflow = (name: unknown, options: AnyWorkflowOptions, build: unknown): AnyWorkflowOptions => {
  admitOne("the name of a workflow", name, text)
  admitOne(`what builds workflow ${shown(name)}`, build, callable)
  return admitNamed<AnyWorkflowOptions>(`the options of workflow ${shown(name)}`, options, workflowRules)
}

/** What is said of undoing: of its nodes, or of it as a whole. */
export const compensationOf = (
  name: string,
  given: AnyWorkflowOptions["compensate"] = true,
  of: Pick<AnyWorkflow, "input" | "output">
): Pick<AnyWorkflow, "compensates" | "compensate"> =>
  typeof given === "boolean" || given === "parallel"
    ? { compensates: given, compensate: undefined }
    : { compensates: true, compensate: toCompensation(name, given, of) }
