/**
 * What `kubectl -o jsonpath=…` prints of an object: text with paths in braces,
 * several values separated by spaces, nothing for what is missing. Pure.
 */
import { BadArgument } from "../../../document/BadArgument.ts"
import { fromJson, toJson } from "../../../language/expr/json.ts"
import { jsonPaths } from "../../../language/expr/jsonPath.ts"
import type { Value } from "../../../language/expr/Value.ts"

/** The text. Throws BadArgument, Refusal. */
export const kubectlPath = (object: unknown, template: string): string => {
  const root = fromJson(object, true)
  if (!template.includes("{")) return printed(root, template)
  return template.replace(/\{((?:"(?:[^"\\]|\\.)*"|'[^']*'|[^{}"'])*)\}/g, (_, path: string) => {
    const literal = /^\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)')\s*$/s.exec(path)
    if (literal !== null) return literal[1] === undefined ? literal[2]! : String(JSON.parse(`"${literal[1]}"`))
    if (/^\s*(?:range\b|end\s*$)/.test(path)) {
      throw new BadArgument(`The JSON path "${template}" has a range, which is not known here: use jqFilter`)
    }
    return printed(root, path.trim())
  })
}

const printed = (root: Value, path: string): string =>
  jsonPaths(root, path).map((it) => typeof it === "string" ? it : toJson(it)).join(" ")
