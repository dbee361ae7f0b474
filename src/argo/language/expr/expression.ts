/** Expressions as the rest of the manifest layer uses them: compiled once, evaluated with names. */
import type { Ast } from "./Ast.ts"
import { Budget } from "./Budget.ts"
import { evaluate } from "./evaluate.ts"
import { format } from "./format.ts"
import { fromJson, toJson } from "./json.ts"
import { parse } from "./parse.ts"
import { sprig } from "./sprig/sprig.ts"
import { refuseUnknownFunctions } from "./unknown.ts"
import { isList, isMap, isSpan, isTime, type Value } from "./Value.ts"

/** A parsed expression. */
export interface Expression {
  readonly source: string
  readonly ast: Ast
}

const known = new Map<string, Expression>()

/** Parses an expression; the same text is parsed once. Throws ExprError. */
export const compileExpression = (source: string): Expression => {
  const found = known.get(source)
  if (found !== undefined) return found
  const made = { source, ast: parse(source) }
  refuseUnknownFunctions(source, made.ast)
  if (known.size > 10_000) known.clear()
  known.set(source, made)
  return made
}

/** How an expression is evaluated. */
export interface EvaluateOptions {
  /** Whether an unknown name is an error; default it is nil. */
  readonly strict?: boolean
  /** Milliseconds since the epoch, for `now()`. */
  readonly now: () => number
  /** Variables that are values of expressions already. */
  readonly values?: ReadonlyArray<readonly [string, Value]>
}

/** Evaluates with variables given as JSON values. Throws ExprError. */
export const evaluateExpression = (
  expression: Expression,
  names: Readonly<Record<string, unknown>>,
  options: EvaluateOptions
): Value => {
  const scope = new Map<Value, Value>([...fromJson(names, true) as ReadonlyMap<Value, Value>, ...options.values ?? []])
  const budget = new Budget()
  if (!scope.has("sprig")) scope.set("sprig", sprig(budget, options.now))
  return evaluate(expression.source, expression.ast, {
    names: scope,
    strict: options.strict ?? false,
    now: options.now,
    budget
  })
}

/** The text of an expression's value where one is asked for by itself: as Go prints it. */
export const resultText = (value: Value): string => format(value)

/** The text of an expression's value between other text (`{{=…}}`): all but texts and nil is JSON. Throws Refusal. */
export const tagText = (value: Value): string =>
  isTime(value)
    ? unquoted(toJson(value))
    : isList(value) || isMap(value) || isSpan(value) || (typeof value === "number" && Number.isFinite(value))
    ? toJson(value)
    : format(value)

const unquoted = (text: string): string => text.slice(1, -1)
