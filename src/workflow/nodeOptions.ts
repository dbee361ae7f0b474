// deno-lint-ignore-file no-explicit-any -- types are erased here, the public signatures carry them
/** The options of a node, types erased, and what is wrong with them. */
import {
  admitNamed,
  admitOne,
  anything,
  callable,
  defined,
  failFastRule,
  flag,
  listOf,
  named,
  oneOrMore,
  record,
  type Rule,
  type Rules,
  text
} from "./admit.ts"
import { cacheRule, seen, treatmentRules } from "./authored.ts"
import { type Condition, scopesOf } from "./Condition.ts"
import type { FailFast, MapDef, NodeDef } from "./Definition.ts"
import { type Asked, isRef, type Ref } from "./Ref.ts"
import { schemaSpec } from "./schemaSpec.ts"
import type { AnyTreatment } from "./treatment.ts"
import { shown } from "./values.ts"

/** The options of a node of any kind, types erased. */
export interface AnyOptions extends AnyTreatment {
  readonly needs?: Readonly<Record<string, Ref<unknown>>>
  readonly after?: ReadonlyArray<Asked>
  readonly depends?: Condition
  readonly when?: NodeDef["when"]
  readonly continueOn?: Partial<NodeDef["continueOn"]>
  readonly default?: unknown
  readonly renamedFrom?: string | ReadonlyArray<string>
  readonly description?: string
  readonly input?: unknown
  readonly output?: any
  readonly duration?: any
  readonly key?: MapDef["key"]
  readonly concurrency?: number
  readonly failFast?: FailFast
  readonly item?: any
}

const asked: Rule = (value) =>
  typeof value === "object" && value !== null && "~node" in value && typeof value["~node"] === "string"
    ? undefined
    : { what: `is ${shown(value)}`, hint: "Use what w.node(…) or w.outcome(…) gave" }

const nodeRules: Rules<AnyOptions> = {
  ...treatmentRules,
  needs: record(() => undefined, "Use a record of references by name"),
  after: listOf(asked),
  depends: seen((condition: Condition) => [...scopesOf(condition)]),
  when: callable,
  continueOn: named<NodeDef["continueOn"]>({ failed: flag, error: flag }),
  default: anything,
  renamedFrom: oneOrMore(text),
  description: text,
  cache: cacheRule,
  input: seen((value) => isRef(value) || Object.values(value ?? {})),
  output: schemaSpec,
  duration: anything,
  key: callable,
  concurrency: anything,
  failFast: failFastRule,
  item: named({ ...treatmentRules, cache: cacheRule })
}

/** The options of a node. Throws `InvalidValue`. */
export const admitNode = (name: unknown, options: AnyOptions): AnyOptions => {
  admitOne("the name of a node", name, text)
  return admitNamed<AnyOptions>(`the options of node ${shown(name)}`, options, nodeRules)
}

/** Throws `InvalidValue` for a name that is not a string. */
export const admitName = (place: string, name: unknown): void => admitOne(place, name, text)

const runs = defined("Task", "Workflow")

/** Throws `InvalidValue` for what cannot be run. */
export const admitRunnable = (place: string, runnable: unknown): void => admitOne(place, runnable, runs)

const list: Rule = (value) =>
  isRef(value) || Array.isArray(value) ? undefined : { what: `is ${shown(value)}`, hint: "Use a reference or a list" }

/** Throws `InvalidValue` for items that are not a list, or inputs that are not made. */
export const admitMap = (name: string, items: unknown, input: unknown): void => {
  admitOne(`the items of map "${name}"`, items, list)
  admitOne(`what makes the inputs of map "${name}"`, input, callable)
}

const signalHint = "Use a name, or what signal(…) gave"

const waited = record(
  (value) => "name" in value && "output" in value ? undefined : { what: "is not a signal", hint: signalHint },
  signalHint
)

/** Throws `InvalidValue` for what no node can wait for. */
export const admitSignal = (signal: unknown): void => {
  if (typeof signal !== "string") admitOne("what a node waits for", signal, waited)
}

/** Throws `InvalidValue` for a result that cannot be looked at. */
export const admitResult = (given: unknown): void =>
  admitOne(
    "what the builder function returned",
    given,
    seen((value) => isRef(value) || Object.values(value ?? {}).map(isRef))
  )

export { admitHandler } from "./authored.ts"
