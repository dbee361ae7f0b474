/** Data templates: the keys of stored artifacts, transformed by expressions. */
import { readdirSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { compileExpression, evaluateExpression } from "../expr/expression.ts"
import { toJson } from "../expr/json.ts"
import type { Value } from "../expr/Value.ts"
import { substituteAll } from "../template/substitute.ts"
import { keyOf } from "./arguments.ts"
import { type Frame, substitution } from "./Frame.ts"
import { type NodeResult, succeeded } from "./Result.ts"

/** Computes the list inside its node; its result is JSON. */
export const runData = (frame: Frame): Effect.Effect<NodeResult> =>
  Effect.sync(() => {
    const { source, transformation = [] } = substituteAll(frame.template.data ?? {}, substitution(frame))
    const prefix = keyOf(source?.artifactPaths ?? {}) ?? ""
    const { artifacts, now } = frame.session.parts
    const start: Value = keysIn(artifacts.pathOf(prefix)).map((key) => join(prefix, key))
    const value = transformation.reduce<Value>((data, { expression = "data" }) =>
      evaluateExpression(compileExpression(expression), frame.variables.tree, { now, values: [["data", data]] }), start)
    return succeeded({ result: toJson(value) })
  })

const keysIn = (folder: string): ReadonlyArray<string> => {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((it) => it.isFile())
      .map((it) => join(it.parentPath, it.name).slice(folder.length).replace(/^\/+/, "")).sort()
  } catch {
    return []
  }
}
