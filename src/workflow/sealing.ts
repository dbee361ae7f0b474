/**
 * Rewrites schemas so that redacted values are recorded by name. Effect's own JSON form of `Schema.Redacted` is the
 * clear value, which must never reach the journal; a schema whose redacted part cannot be rewritten is refused instead.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import * as SchemaGetter from "effect/SchemaGetter"
import * as SchemaIssue from "effect/SchemaIssue"
import type { AnyCodec } from "./Definition.ts"
import { secret, secretName } from "./Secret.ts"

type AST = SchemaAST.AST

const clearText = 'a secret in clear text must not be recorded: pass secret("NAME") and let the provider resolve it'

// The recorded form of a secret.
const Recorded = Schema.Struct({ $secret: Schema.String })

const nameOf = (value: Redacted.Redacted<unknown>): Effect.Effect<{ readonly $secret: string }, SchemaIssue.Issue> => {
  const name = secretName(value)
  if (name !== undefined) return Effect.succeed({ $secret: name })
  return Effect.fail(new SchemaIssue.InvalidValue({ message: clearText }, undefined))
}

const SecretReference = Schema.declare<Redacted.Redacted<string>>(
  (value): value is Redacted.Redacted<string> => Redacted.isRedacted(value),
  {
    expected: "a secret",
    toCodecJson: () =>
      Schema.link<Redacted.Redacted<string>>()(Recorded, {
        decode: SchemaGetter.transform(({ $secret }) => secret($secret)),
        encode: SchemaGetter.transformEffect(nameOf)
      })
  }
)

/** A redacted value stands where it cannot be rewritten. */
class Unsealable extends Error {
  override readonly name = "Unsealable"
}

/** Whether values of a schema can hold secrets. */
export const holdsSecrets = (codec: AnyCodec): boolean => has(codec.ast)

/**
 * The schema with secrets recorded by name; throws `Unsealable` when
 * a secret stands inside a class, a transformation or a generic.
 */
export const seal = (codec: AnyCodec): AnyCodec => has(codec.ast) ? Schema.make<AnyCodec>(sealed(codec.ast)) : codec

const isRedacted = (ast: AST): boolean => {
  const representation = ast.annotations?.representation as { readonly id?: string } | undefined
  return ast._tag === "Declaration" && representation?.id === "effect/schema/Redacted"
}

const known = new WeakMap<AST, boolean>()

const has = (ast: AST): boolean => {
  const answer = known.get(ast)
  if (answer !== undefined) return answer
  const seen = new Set<AST>()
  const found = reaches(ast, seen)
  // A negative answer holds for everything that was seen; a positive one only for where the search began.
  if (found) known.set(ast, true)
  else for (const part of seen) known.set(part, false)
  return found
}

const reaches = (ast: AST, seen: Set<AST>): boolean => {
  if (seen.has(ast)) return false
  seen.add(ast)
  return known.get(ast) ?? (isRedacted(ast) || partsOf(ast).some((part) => reaches(part, seen)))
}

/** The schemas that a schema is made of. */
export const partsOf = (ast: AST): ReadonlyArray<AST> => {
  const encoded = ast.encoding?.map((link) => link.to) ?? []
  switch (ast._tag) {
    case "Declaration":
      return [...ast.typeParameters, ...encoded]
    case "Objects":
      return [...ast.propertySignatures.map((it) => it.type), ...ast.indexSignatures.map((it) => it.type), ...encoded]
    case "Arrays":
      return [...ast.elements, ...ast.rest, ...encoded]
    case "Union":
      return [...ast.types, ...encoded]
    case "Suspend":
      return [ast.thunk(), ...encoded]
    default:
      return encoded
  }
}

const sealedOnes = new WeakMap<AST, AST>()

const sealed = (ast: AST): AST => {
  if (!has(ast)) return ast
  const done = sealedOnes.get(ast) ?? rewrite(ast)
  sealedOnes.set(ast, done)
  return done
}

const rewrite = (ast: AST): AST => {
  if (isRedacted(ast)) return sealRedacted(ast as SchemaAST.Declaration)
  if (ast.encoding !== undefined) throw new Unsealable("a secret inside a transformation cannot be recorded by name")
  switch (ast._tag) {
    case "Objects":
      return sealObjects(ast)
    case "Arrays":
      return new SchemaAST.Arrays(
        ast.isMutable,
        ast.elements.map(sealed),
        ast.rest.map(sealed),
        ast.annotations,
        ast.checks,
        undefined,
        ast.context
      )
    case "Union":
      return new SchemaAST.Union(
        ast.types.map(sealed),
        ast.options,
        ast.annotations,
        ast.checks,
        undefined,
        ast.context
      )
    case "Suspend":
      return new SchemaAST.Suspend(() => sealed(ast.thunk()), ast.annotations, undefined, undefined, ast.context)
    default:
      throw new Unsealable("a secret inside a class or generic schema cannot be recorded by name")
  }
}

const sealObjects = (ast: SchemaAST.Objects): AST =>
  new SchemaAST.Objects(
    ast.propertySignatures.map((it) => new SchemaAST.PropertySignature(it.name, sealed(it.type))),
    ast.indexSignatures.map((it) => new SchemaAST.IndexSignature(it.parameter, sealed(it.type))),
    ast.annotations,
    ast.checks,
    undefined,
    ast.context
  )

const sealRedacted = (ast: SchemaAST.Declaration): AST => {
  const [inner] = ast.typeParameters
  if (inner !== undefined && SchemaAST.toType(inner)._tag !== "String") {
    throw new Unsealable("a secret is text: use Schema.Redacted(Schema.String)")
  }
  const { annotations, run, typeParameters } = SecretReference.ast as SchemaAST.Declaration
  return new SchemaAST.Declaration(typeParameters, run, annotations, undefined, undefined, ast.context)
}
