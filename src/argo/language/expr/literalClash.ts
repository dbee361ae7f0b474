/** Mistakes that are visible in the source: operators between literals of kinds that never fit. */
import type { Ast } from "./Ast.ts"
import { typeName } from "./Value.ts"

const equality = new Set(["==", "!="])
const ordering = new Set(["<", ">", "<=", ">="])

/** What is wrong with this operator between these operands, when both kinds are known before anything runs. */
export const literalClash = (operator: string, left: Ast, right: Ast): string | undefined => {
  const kinds = [kindOf(left), kindOf(right)] as const
  const [a, b] = kinds
  if ((operator === "and" || operator === "or") && kinds.some((kind) => kind !== undefined && kind !== "bool")) {
    return mismatch(operator, a, b)
  }
  if (a === undefined || b === undefined) return undefined
  const fits = a === b || a === "nil" || b === "nil" || (isNumber(a) && isNumber(b))
  if ((equality.has(operator) || ordering.has(operator) || operator === "+") && !fits) return mismatch(operator, a, b)
  return undefined
}

const mismatch = (operator: string, a: string | undefined, b: string | undefined): string =>
  `invalid operation: ${operator} (mismatched types ${a ?? "unknown"} and ${b ?? "unknown"})`

const isNumber = (kind: string): boolean => kind === "int" || kind === "float"

const kindOf = (ast: Ast): string | undefined => ast._tag === "Literal" ? typeName(ast.value) : undefined
