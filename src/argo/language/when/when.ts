/** Conditions of `when`: govaluate's syntax, in which a bare word is a string. */
import { Budget } from "../expr/Budget.ts"
import { regex } from "../expr/regex.ts"
import { Refusal } from "../expr/ExprError.ts"
import { tokensOf, type WhenToken } from "./tokens.ts"
import { WhenError } from "./WhenError.ts"

type Operand = string | number | boolean | ReadonlyArray<Operand>

/** Whether a condition holds, its tags replaced already; an empty one does. Throws WhenError. */
export const isTrue = (condition: string): boolean => {
  if (condition.trim() === "") return true
  const value = evaluateWhen(condition)
  if (typeof value === "boolean") return value
  throw new WhenError(condition, `Expected boolean evaluation for '${condition}'. Got ${String(value)}`)
}

const evaluateWhen = (condition: string): Operand => {
  try {
    return new Reader(tokensOf(condition)).whole()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const hint = ' (hint: try wrapping the affected expression in quotes ("))'
    throw new WhenError(condition, `Invalid 'when' expression '${condition}': ${error.message}${hint}`)
  }
}

/** Operators from the loosest to the tightest. */
const levels: ReadonlyArray<ReadonlyArray<string>> = [
  ["?", "??"],
  ["||"],
  ["&&"],
  ["==", "!=", ">", ">=", "<", "<=", "=~", "!~", "in"],
  ["|"],
  ["^"],
  ["&"],
  ["<<", ">>"],
  ["+", "-"],
  ["*", "/", "%"],
  ["**"]
]

const deepest = 100

/**
 * Evaluates while it reads: conditions are short and used once.
 * What an operator does not need is read but not computed.
 */
class Reader {
  readonly #tokens: ReadonlyArray<WhenToken>
  #at = 0
  #depth = 0

  constructor(tokens: ReadonlyArray<WhenToken>) {
    this.#tokens = tokens
  }

  whole(): Operand {
    const value = this.#level(0)()
    if (this.#at < this.#tokens.length) throw new Refusal(`Unexpected token '${this.#tokens[this.#at]!.text}'`)
    return value
  }

  #take(kind: WhenToken["kind"], texts: ReadonlyArray<string>): string | undefined {
    const token = this.#tokens[this.#at]
    if (token?.kind !== kind || !texts.includes(token.text)) return undefined
    this.#at++
    return token.text
  }

  #level(index: number): () => Operand {
    const operators = levels[index]
    if (operators === undefined) return this.#unary()
    let left = this.#level(index + 1)
    for (let operator = this.#take("operator", operators); operator !== undefined;) {
      left = this.#infix(operator, left, index)
      operator = this.#take("operator", operators)
    }
    return left
  }

  #infix(operator: string, left: () => Operand, index: number): () => Operand {
    const right = this.#level(index + 1)
    if (operator !== "?") return () => apply(operator, left, right)
    const other = this.#take("operator", [":"]) === undefined ? undefined : this.#level(index + 1)
    return () => truth("?", left()) ? right() : other?.() ?? false
  }

  #unary(): () => Operand {
    const operator = this.#take("operator", ["!", "-", "~"])
    if (operator === undefined) return this.#primary()
    const operand = this.#nested(() => this.#unary())
    if (operator === "!") return () => !truth("!", operand())
    return () => operator === "-" ? -number("-", operand()) : ~number("~", operand())
  }

  #nested<A>(inner: () => A): A {
    if (++this.#depth > deepest) throw new Refusal(`nested deeper than ${deepest}`)
    const result = inner()
    this.#depth--
    return result
  }

  #primary(): () => Operand {
    if (this.#take("bracket", ["("]) !== undefined) return this.#nested(() => this.#group())
    const token = this.#tokens[this.#at++]
    if (token === undefined) throw new Refusal("Unexpected end of expression")
    if (token.kind === "operator" || token.kind === "bracket") throw new Refusal(`Unexpected token '${token.text}'`)
    return () => token.value
  }

  #group(): () => Operand {
    const items: Array<() => Operand> = []
    while (this.#take("bracket", [")"]) === undefined) {
      items.push(this.#level(0))
      if (this.#take("bracket", [")"]) !== undefined) break
      if (this.#take("operator", [","]) === undefined) throw new Refusal("Unbalanced parenthesis")
    }
    return items.length === 1 ? items[0]! : () => items.map((item) => item())
  }
}

const apply = (operator: string, left: () => Operand, right: () => Operand): Operand => {
  if (operator === "&&") return truth(operator, left()) && truth(operator, right())
  if (operator === "||") return truth(operator, left()) || truth(operator, right())
  if (operator === "??") return left()
  const [a, b] = [left(), right()]
  return (operator in relations ? relations[operator]!(a, b) : arithmetic(operator, a, b))
}

const relations: Readonly<Record<string, (a: Operand, b: Operand) => boolean>> = Object.assign(Object.create(null), {
  "==": (a: Operand, b: Operand) => a === b,
  "!=": (a: Operand, b: Operand) => a !== b,
  "<": (a: Operand, b: Operand) => order("<", a, b) < 0,
  "<=": (a: Operand, b: Operand) => order("<=", a, b) <= 0,
  ">": (a: Operand, b: Operand) => order(">", a, b) > 0,
  ">=": (a: Operand, b: Operand) => order(">=", a, b) >= 0,
  "=~": (a: Operand, b: Operand) => regex(text("=~", b), new Budget()).test(text("=~", a)),
  "!~": (a: Operand, b: Operand) => !regex(text("!~", b), new Budget()).test(text("!~", a)),
  "in": (a: Operand, b: Operand) => (Array.isArray(b) ? b : [b]).includes(a)
})

const order = (operator: string, a: Operand, b: Operand): number => {
  if (typeof a === "number" && typeof b === "number") return a - b
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : a > b ? 1 : 0
  throw new Refusal(`Value '${String(a)}' cannot be used with the comparator '${operator}', it is not a number`)
}

const arithmetic = (operator: string, a: Operand, b: Operand): Operand => {
  if (operator === "+" && (typeof a === "string" || typeof b === "string")) return String(a) + String(b)
  return calculate(operator, number(operator, a), number(operator, b))
}

const calculate = (operator: string, a: number, b: number): number => {
  switch (operator) {
    case "+":
      return a + b
    case "-":
      return a - b
    case "*":
      return a * b
    case "/":
      return a / b
    case "%":
      return a % b
    case "**":
      return a ** b
    case "&":
      return a & b
    case "|":
      return a | b
    case "^":
      return a ^ b
    case "<<":
      return a << b
    default:
      return a >> b
  }
}

const truth = (operator: string, value: Operand): boolean => {
  if (typeof value === "boolean") return value
  throw new Refusal(`Value '${String(value)}' cannot be used with the logical operator '${operator}', it is not a bool`)
}

const number = (operator: string, value: Operand): number => {
  if (typeof value === "number") return value
  throw new Refusal(`Value '${String(value)}' cannot be used with the modifier '${operator}', it is not a number`)
}

const text = (operator: string, value: Operand): string => {
  if (typeof value === "string") return value
  throw new Refusal(`Value '${String(value)}' cannot be used with the comparator '${operator}', it is not a string`)
}
