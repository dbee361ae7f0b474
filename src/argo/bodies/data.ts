/** Data templates: the keys of stored artifacts, transformed by expressions. */
import * as Effect from "effect/Effect"
import { compileExpression, evaluateExpression } from "../language/expr/expression.ts"
import { toJson } from "../language/expr/json.ts"
import type { Value } from "../language/expr/Value.ts"
import { substituteAll } from "../language/template/substitute.ts"
import { keyOf } from "../artifact/location.ts"
import { type Frame, substitution } from "../compile/Frame.ts"
import { errored, type NodeResult, succeeded } from "../values/Result.ts"

/** Computes the list inside its node; its result is JSON. */
export const runData = (frame: Frame): Effect.Effect<NodeResult> =>
  Effect.suspend(() => {
    const { source, transformation = [] } = substituteAll(frame.template.data ?? {}, substitution(frame))
    const { artifacts, now } = frame.session.parts
    const keys = artifacts.keys(source?.artifactPaths?.s3, keyOf(source?.artifactPaths ?? {}) ?? "")
    const transformed = (start: ReadonlyArray<string>): NodeResult => {
      const value = transformation.reduce<Value>(
        (data, { expression = "data" }) =>
          evaluateExpression(compileExpression(expression), frame.variables.tree, { now, values: [["data", data]] }),
        start
      )
      return succeeded({ result: toJson(value) })
    }
    return Effect.match(keys, { onSuccess: transformed, onFailure: ({ message }) => errored(message) })
  })
