/** Whether the values of a schema can be recorded as JSON and read back. */
import type * as SchemaAST from "effect/SchemaAST"
import { anyJson, jsonCodec } from "../workflow/codec.ts"
import type { AnyCodec } from "../workflow/Definition.ts"

/** Why a schema has no JSON form, or `undefined` when it has one. */
export const whyNotJson = (codec: AnyCodec): string | undefined => {
  if (codec === anyJson) return undefined
  const known = reasons.get(codec)
  if (known !== undefined) return known === "" ? undefined : known
  const reason = find(codec)
  reasons.set(codec, reason ?? "")
  return reason
}

const reasons = new WeakMap<AnyCodec, string>()

const find = (codec: AnyCodec): string | undefined => {
  try {
    return search(jsonCodec(codec).ast, "", new Set())
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

// Walks what is recorded: the last encoding of each part.
const search = (ast: SchemaAST.AST, path: string, seen: Set<SchemaAST.AST>): string | undefined => {
  if (seen.has(ast)) return undefined
  seen.add(ast)
  const own = ownReason(ast)
  if (own !== undefined) return path === "" ? own : `${own} at ${path}`
  const last = ast.encoding?.at(-1)
  if (last !== undefined) return search(last.to, path, seen)
  for (const [key, part] of partsOf(ast)) {
    const reason = search(part, path + key, seen)
    if (reason !== undefined) return reason
  }
  return undefined
}

const ownReason = (ast: SchemaAST.AST): string | undefined => {
  if (ast._tag === "Any") return "Schema.Any says nothing about how to record a value"
  if (ast._tag === "Symbol" || ast._tag === "UniqueSymbol") return "a symbol is not the same after a restart"
  if (ast._tag !== "Declaration") return undefined
  const { toCodec, toCodecJson } = ast.annotations ?? {}
  if (typeof toCodec === "function" || typeof toCodecJson === "function") return undefined
  return hasOwnEncoding(ast) ? undefined : "a class instance without a codec"
}

// `toCodecJson` gives declarations it knows nothing about an encoding to "any JSON", which fails for real instances.
const hasOwnEncoding = (ast: SchemaAST.AST): boolean => {
  const last = ast.encoding?.at(-1)
  if (last === undefined) return false
  const { representation } = (last.to.annotations ?? {}) as { readonly representation?: { readonly id?: string } }
  return representation?.id !== "effect/schema/Json"
}

const partsOf = (ast: SchemaAST.AST): ReadonlyArray<readonly [string, SchemaAST.AST]> => {
  switch (ast._tag) {
    case "Objects":
      return [
        ...ast.propertySignatures.map((it) => [`["${String(it.name)}"]`, it.type] as const),
        ...ast.indexSignatures.map((it) => ["[key]", it.type] as const)
      ]
    case "Arrays":
      return [...ast.elements, ...ast.rest].map((part) => ["[item]", part] as const)
    case "Union":
      return ast.types.map((part) => ["", part] as const)
    case "Suspend":
      return [["", ast.thunk()]]
    default:
      return []
  }
}
