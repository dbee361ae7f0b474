/** The operators and predicates of expr-lang. */

/** How tightly infix operators bind; larger is tighter. */
export const precedence: Readonly<Record<string, number>> = Object.assign(Object.create(null), {
  "|": 0,
  "or": 10,
  "||": 10,
  "and": 15,
  "&&": 15,
  "==": 20,
  "!=": 20,
  "<": 20,
  ">": 20,
  ">=": 20,
  "<=": 20,
  "in": 20,
  "matches": 20,
  "contains": 20,
  "startsWith": 20,
  "endsWith": 20,
  "..": 25,
  "+": 30,
  "-": 30,
  "*": 60,
  "/": 60,
  "%": 60,
  "**": 100,
  "^": 100,
  "??": 500
})

/** How tightly prefix operators bind. */
export const unary: Readonly<Record<string, number>> = Object.assign(Object.create(null), {
  "not": 50,
  "!": 50,
  "-": 90,
  "+": 90
})
/** Operators that `not` may stand before. */
export const negatable = new Set(["in", "matches", "contains", "startsWith", "endsWith"])
/** Operators that chain. */
export const comparisons = new Set(["<", ">", ">=", "<="])
/** One name for operators with two spellings. */
export const spellings: Readonly<Record<string, string>> = { "&&": "and", "||": "or", "!": "not", "^": "**" }
/** Builtins with a predicate: whether the predicate may be missing, and whether another argument may follow. */
export const iterating: Readonly<Record<string, { readonly bare?: true; readonly rest?: true }>> = Object.assign(
  Object.create(null),
  {
    all: {},
    none: {},
    any: {},
    one: {},
    filter: {},
    map: {},
    count: { bare: true },
    sum: { bare: true },
    find: {},
    findIndex: {},
    findLast: {},
    findLastIndex: {},
    groupBy: {},
    sortBy: { rest: true },
    reduce: { rest: true }
  }
)
