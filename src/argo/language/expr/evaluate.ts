/**
 * Walks the syntax tree of an expression. No host function or object is reachable: names are looked up in Maps only.
 */
import type { Ast } from "./Ast.ts"
import type { Budget } from "./Budget.ts"
import { builtins } from "./builtins.ts"
import { ExprError, Refusal } from "./ExprError.ts"
import { iterate } from "./iterate.ts"
import { charge, chargeResult, fits, workOf } from "./measure.ts"
import { member, slice } from "./members.ts"
import { applyBinary, applyUnary } from "./operators.ts"
import { type Callable, typeName, type Value, type ValueMap } from "./Value.ts"

/** What an expression is evaluated with. */
export interface Scope {
  /** Variables by name. */
  readonly names: ValueMap
  /** Whether an unknown name is an error; else it is nil. */
  readonly strict: boolean
  /** Milliseconds since the epoch, for `now()`. */
  readonly now: () => number
  /** What this evaluation may use. */
  readonly budget: Budget
}

/** Evaluates a parsed expression. Throws ExprError. */
export const evaluate = (source: string, ast: Ast, scope: Scope): Value => {
  const walk = new Walk(source, scope)
  return walk.whole(ast)
}

interface Pointer {
  readonly item: Value
  readonly index: number
  readonly acc: Value | undefined
}

/** Ends a chain of members early: `a?.b.c` is nil when `a` is. */
class GaveUp {}
const gaveUp = new GaveUp()

class Walk {
  readonly #source: string
  readonly #scope: Scope
  readonly #budget: Budget
  readonly #builtins: ReadonlyMap<string, Callable>
  readonly #lets: Array<readonly [string, Value]> = []
  readonly #pointers: Array<Pointer> = []

  constructor(source: string, scope: Scope) {
    this.#source = source
    this.#scope = scope
    this.#budget = scope.budget
    this.#builtins = builtins(this.#budget, scope.now)
  }

  /** The value of the whole expression, which is small enough to be written out. */
  whole(ast: Ast): Value {
    return this.#placed(ast, () => {
      const value = this.value(ast)
      fits(value)
      return value
    })
  }

  value(ast: Ast): Value {
    return this.#placed(ast, () => this.#node(ast))
  }

  #placed(ast: Ast, work: () => Value): Value {
    try {
      return work()
    } catch (error) {
      if (error instanceof Refusal) throw new ExprError(this.#source, ast.at, error.message)
      if (error instanceof RangeError) throw new ExprError(this.#source, ast.at, "expression is nested too deeply")
      throw error
    }
  }

  #node(ast: Ast): Value {
    this.#budget.step()
    switch (ast._tag) {
      case "Literal":
        return ast.value
      case "Name":
        return this.#name(ast.name)
      case "Pointer":
        return this.#pointer(ast.name)
      case "Unary":
        return applyUnary(ast.operator, this.value(ast.operand))
      case "Binary":
        return this.#binary(ast)
      case "Conditional":
        return this.#truth(this.value(ast.test)) ? this.value(ast.then) : this.value(ast.other)
      case "Member":
        return this.#member(ast)
      case "Chain":
        return this.#chain(ast.inner)
      case "Slice":
        return this.#slice(ast)
      case "Array":
        return ast.items.map((item) => this.value(item))
      case "Map":
        return new Map(ast.pairs.map(([key, value]) => [this.value(key), this.value(value)]))
      case "Let":
        return this.#let(ast)
      case "Iterate":
        return this.#iterate(ast)
      case "Call":
        return this.#call(ast)
    }
  }

  #name(name: string): Value {
    const local = this.#lets.findLast(([it]) => it === name)
    if (local !== undefined) return local[1]
    const found = this.#scope.names.get(name)
    if (found !== undefined) return found
    if (name === "$env") return this.#scope.names
    if (this.#scope.strict) throw new Refusal(`unknown name ${name}`)
    return null
  }

  #pointer(name: string): Value {
    const pointer = this.#pointers.at(-1)!
    if (name === "") return pointer.item
    if (name === "index") return BigInt(pointer.index)
    if (name === "acc" && pointer.acc !== undefined) return pointer.acc
    throw new Refusal(`unknown pointer #${name}`)
  }

  #truth(value: Value): boolean {
    if (typeof value === "boolean") return value
    throw new Refusal(`non-bool expression (type ${typeName(value)}) used as condition`)
  }

  #binary(ast: Ast & { _tag: "Binary" }): Value {
    const { operator } = ast
    if (operator === "??") return this.value(ast.left) ?? this.value(ast.right)
    const left = this.value(ast.left)
    if (operator === "and") return this.#truth(left) && this.#truth(this.value(ast.right))
    if (operator === "or") return this.#truth(left) || this.#truth(this.value(ast.right))
    const right = this.value(ast.right)
    if (operator === "contains" || operator === "matches") charge(this.#budget, [left, right])
    else this.#budget.work(workOf(left) + workOf(right))
    return applyBinary(operator, left, right, this.#budget)
  }

  #member(ast: Ast & { _tag: "Member" }): Value {
    const target = this.value(ast.target)
    if (target === null && ast.optional) throw gaveUp
    if (typeof target === "string") this.#budget.work(target.length * 8)
    return member(target, this.value(ast.property))
  }

  #slice(ast: Ast & { _tag: "Slice" }): Value {
    const made = slice(this.value(ast.target), ast.from && this.value(ast.from), ast.to && this.value(ast.to))
    chargeResult(this.#budget, made)
    return made
  }

  #chain(inner: Ast): Value {
    try {
      return this.value(inner)
    } catch (error) {
      if (error === gaveUp) return null
      throw error
    }
  }

  #let(ast: Ast & { _tag: "Let" }): Value {
    if (this.#scope.names.has(ast.name) || this.#builtins.has(ast.name)) {
      throw new Refusal(`cannot redeclare ${this.#builtins.has(ast.name) ? "builtin" : "variable"} ${ast.name}`)
    }
    this.#lets.push([ast.name, this.value(ast.value)])
    const value = this.value(ast.body)
    this.#lets.pop()
    return value
  }

  #iterate(ast: Ast & { _tag: "Iterate" }): Value {
    const { predicate, rest } = ast
    const apply = predicate === undefined ? undefined : (item: Value, index: number, acc?: Value): Value => {
      this.#pointers.push({ item, index, acc })
      const value = this.value(predicate)
      this.#pointers.pop()
      return value
    }
    const then = rest === undefined ? undefined : () => this.value(rest)
    return iterate(ast.name, this.value(ast.list), apply, then, this.#budget)
  }

  #call(ast: Ast & { _tag: "Call" }): Value {
    const { callee } = ast
    const callable = callee._tag === "Name" ? this.#function(callee.name) : this.value(callee)
    if (typeof callable !== "function") throw new Refusal(`${typeName(callable)} is not a function`)
    const args = ast.args.map((arg) => this.value(arg))
    charge(this.#budget, args)
    const made = callable(...args)
    chargeResult(this.#budget, made)
    return made
  }

  #function(name: string): Value {
    const found = this.#scope.names.get(name)
    if (typeof found === "function") return found
    const builtin = this.#builtins.get(name)
    if (builtin === undefined) throw new Refusal(`unknown name ${name}`)
    return builtin
  }
}
