/** How runs are started, and what is wrong with how one is to be: found before anything of it is near the journal. */
import {
  admitNamed,
  admitOne,
  anything,
  defined,
  flag,
  named,
  oneOf,
  record,
  type Rules,
  text
} from "../../workflow/admit.ts"
import { InvalidValue, labelsFault, priorityFault } from "../../workflow/values.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import { type CallPolicies, callPolicyRule } from "../../workflow/StartPolicy.ts"
import type { AnySignal } from "../../workflow/Signal.ts"
import { InvalidInput } from "../EngineError.ts"
import { type CacheMode, cacheModes } from "../../run/cacheMode.ts"
import type { Limits } from "../Limits.ts"
import { idFault } from "./identity.ts"

/** How to start a run. */
export interface StartOptions {
  /**
   * An id of your own: starting twice with the same id, workflow
   * and input gives the same run. Default: a new, sortable id.
   */
  readonly id?: string
  /** Larger goes first where runs queue; default 0. */
  readonly priority?: number
  /** Labels of the run, by which lists find it; they go before those of its workflow. */
  readonly labels?: Readonly<Record<string, string>>
  /**
   * Only records the run: another process that knows the workflow
   * executes it, now or when it opens the file. Default false.
   */
  readonly leave?: boolean
  /**
   * Whether results of tasks with `cache` are reused: `"refresh"` computes all of them anew, `"read"` remembers none.
   * Default that of `open`, which is `"use"`.
   */
  readonly cache?: CacheMode
  /**
   * Start policies of this start; each takes the place of that of the workflow. A key is a plain value here, so that
   * whoever starts from outside can give one.
   */
  readonly policy?: CallPolicies
  /**
   * A value for a node that waits, or will wait: of whichever run the start comes to. A new one has it before it
   * begins. One that was there, and ends before it takes the value, is none: it is started again then.
   */
  readonly signal?: { readonly to: AnySignal | string; readonly value?: unknown }
  /**
   * The span in which the run is started, as a header or variable of W3C Trace Context tells it; a malformed one is
   * ignored. Default: the span of the calling fiber, then that of the app's OpenTelemetry.
   */
  readonly traceparent?: string | undefined
}

/** What is said where nothing is. */
export const noOptions: StartOptions = Object.freeze({})

const aWorkflow = defined("Workflow")

/** The rules of each engine, by its limits: every start asks for them. */
const rules = new WeakMap<Limits, Rules<StartOptions>>()

const rulesOf = (limits: Limits): Rules<StartOptions> => {
  const known = rules.get(limits) ?? startRules(limits)
  rules.set(limits, known)
  return known
}

/** The rules for them in an engine with these limits; an id has sentences of its own. */
export const startRules = (limits: Limits): Rules<StartOptions> => ({
  id: anything,
  priority: (value) => priorityFault(value),
  labels: record((value) => labelsFault(value, limits.labels), 'Use a record of strings like { team: "a" }'),
  leave: flag,
  cache: oneOf(cacheModes),
  policy: callPolicyRule,
  signal: named<NonNullable<StartOptions["signal"]>>({ to: anything, value: anything }),
  traceparent: text
})

/** The options of `start`, checked, or why this workflow cannot be started so. */
export const admitStart = (limits: Limits, workflow: AnyWorkflow, given: unknown): StartOptions | InvalidInput => {
  let name = ""
  try {
    admitOne("what is started", workflow, aWorkflow)
    if (given === noOptions) return noOptions
    name = workflow.name
    const options = admitNamed("the options of start", given, rulesOf(limits))
    demandId(options.id)
    return options
  } catch (error) {
    if (error instanceof InvalidValue) return new InvalidInput({ workflow: name, message: error.message })
    throw error
  }
}

/** Throws `InvalidValue` for an id that nobody may choose. */
export const demandId = (id: unknown): void => {
  const fault = id === undefined ? undefined : idFault(id)
  if (fault !== undefined) throw new InvalidValue({ place: "the id of the run", message: fault })
}
