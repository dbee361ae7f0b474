/** Whether values of a schema can hold handles of artifacts. */
import type * as SchemaAST from "effect/SchemaAST"
import { Artifact } from "../workflow/Artifact.ts"
import type { AnyCodec } from "../workflow/Definition.ts"
import { partsOf } from "../workflow/sealing.ts"

type AST = SchemaAST.AST

/** Answers by the names of fields, since a schema that is annotated is another one. */
export const holdsArtifacts = (codec: AnyCodec): boolean => reaches(codec.ast, new Set())

const reaches = (ast: AST, seen: Set<AST>): boolean => {
  if (seen.has(ast)) return false
  seen.add(ast)
  return fieldsOf(ast) === handle || partsOf(ast).some((part) => reaches(part, seen))
}

const fieldsOf = (ast: AST): string =>
  ast._tag === "Objects" ? ast.propertySignatures.map(({ name }) => String(name)).sort().join(" ") : ""

const handle = fieldsOf(Artifact.ast)
