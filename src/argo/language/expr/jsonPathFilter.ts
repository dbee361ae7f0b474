/**
 * Filters of JSONPath, `[?(@.age > 42 && @.name != 'x')]`: comparisons of paths and literals with `&&`, `||` and `!`.
 */
import type { Budget } from "./Budget.ts"
import { type Cursor, quoted, quotedText, spaces, take } from "./Cursor.ts"
import { Refusal } from "./ExprError.ts"
import { regex } from "./regex.ts"
import { equal, isNumeric, type Value } from "./Value.ts"

/** Whether an item passes. */
export type Filter = (item: Value, root: Value) => boolean

/** Reads the steps of a path and says what they name, if anything. */
export type ReadSteps = (cursor: Cursor) => (from: Value, root: Value) => Value | undefined

type Operand = (item: Value, root: Value) => Value | undefined

const deepest = 50

/** Reads a filter behind its `?`. Throws Refusal. */
export const parseFilter = (cursor: Cursor, readSteps: ReadSteps): Filter => new Reader(cursor, readSteps).or(0)

class Reader {
  readonly #cursor: Cursor
  readonly #readSteps: ReadSteps

  constructor(cursor: Cursor, readSteps: ReadSteps) {
    this.#cursor = cursor
    this.#readSteps = readSteps
  }

  or(depth: number): Filter {
    const parts = this.#separated(/\s*\|\|/y, () => this.#and(depth))
    return (item, root) => parts.some((part) => part(item, root))
  }

  #and(depth: number): Filter {
    const parts = this.#separated(/\s*&&/y, () => this.#unary(depth))
    return (item, root) => parts.every((part) => part(item, root))
  }

  #separated(separator: RegExp, next: () => Filter): ReadonlyArray<Filter> {
    const parts = [next()]
    while (take(this.#cursor, separator) !== undefined) parts.push(next())
    return parts
  }

  #unary(depth: number): Filter {
    if (depth > deepest) throw this.#unexpected()
    spaces(this.#cursor)
    if (take(this.#cursor, /!(?!=)/y) !== undefined) {
      const inner = this.#unary(depth + 1)
      return (item, root) => !inner(item, root)
    }
    if (take(this.#cursor, /\(/y) === undefined) return this.#comparison()
    const inner = this.or(depth + 1)
    if (take(this.#cursor, /\s*\)/y) === undefined) throw this.#unexpected()
    return inner
  }

  #comparison(): Filter {
    const left = this.#operand()
    spaces(this.#cursor)
    const operator = take(this.#cursor, /==|!=|<=|>=|=~|<|>/y)
    if (operator === undefined) return (item, root) => isThere(left(item, root))
    spaces(this.#cursor)
    const right = operator === "=~" ? this.#pattern() : this.#operand()
    const { budget } = this.#cursor
    return (item, root) => compared(operator, left(item, root), right(item, root), budget)
  }

  #operand(): Operand {
    if (take(this.#cursor, /@/y) !== undefined) {
      const steps = this.#readSteps(this.#cursor)
      return (item, root) => steps(item, root)
    }
    if (take(this.#cursor, /\$/y) !== undefined) {
      const steps = this.#readSteps(this.#cursor)
      return (_, root) => steps(root, root)
    }
    const value = this.#literal()
    return () => value
  }

  #literal(): Value {
    const text = take(this.#cursor, quoted)
    if (text !== undefined) return quotedText(text)
    const word = take(this.#cursor, /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y)
    if (word === undefined) throw this.#unexpected()
    return word === "null" ? null : word === "true" || word === "false" ? word === "true" : Number(word)
  }

  /** `/text/i`, or a text. */
  #pattern(): Operand {
    const found = take(this.#cursor, /\/(?:[^/\\]|\\.)*\/i?/y)
    if (found === undefined) return this.#operand()
    const end = found.lastIndexOf("/")
    const value = `${found.endsWith("i") ? "(?i)" : ""}${found.slice(1, end)}`
    return () => value
  }

  #unexpected(): Refusal {
    const { at, text, what } = this.#cursor
    return new Refusal(`invalid ${what} ${text} at ${at + 1}`)
  }
}

const isThere = (value: Value | undefined): boolean => value !== undefined && value !== false && value !== null

const compared = (operator: string, left: Value | undefined, right: Value | undefined, budget: Budget): boolean => {
  if (left === undefined || right === undefined) return operator === "!=" && left !== right
  if (operator === "==") return equal(left, right)
  if (operator === "!=") return !equal(left, right)
  if (operator === "=~") return typeof left === "string" && typeof right === "string" && regex(right, budget).test(left)
  return isNumeric(left) && isNumeric(right)
    ? ordered(operator, left, right)
    : typeof left === "string" && typeof right === "string" && ordered(operator, left, right)
}

const ordered = <A>(operator: string, left: A, right: A): boolean => {
  if (operator === "<") return left < right
  if (operator === "<=") return left <= right
  return operator === ">" ? left > right : left >= right
}
