/** HTTP templates: one request, its body as the result. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { HttpRequest, StoreDocument } from "../Manifest.ts"
import { compileExpression, evaluateExpression } from "../expr/expression.ts"
import { substituteAll } from "../template/substitute.ts"
import { BadArgument } from "../BadArgument.ts"
import { storedText } from "./arguments.ts"
import { type Frame, substitution } from "./Frame.ts"
import { messageFrom } from "./node.ts"
import { errored, failed, type NodeResult, succeeded } from "./Result.ts"

interface Answer {
  readonly status: number
  readonly body: string
  readonly headers: Readonly<Record<string, ReadonlyArray<string>>>
}

/** Sends the request inside its node. */
export const runHttp = (frame: Frame): Effect.Effect<NodeResult> =>
  Effect.suspend(() => {
    const request = substituteAll(frame.template.http ?? {}, substitution(frame))
    const seconds = Number(request.timeoutSeconds ?? 30)
    const sent = Effect.tryPromise({
      try: (signal) => send(request, frame.session.parts.stores, signal),
      catch: (error) => error
    })
    return Effect.match(Effect.timeoutOption(sent, Duration.seconds(seconds)), {
      onSuccess: Option.match({
        onNone: () => errored(`no answer from ${request.url} within ${seconds} s`),
        onSome: (answer) => judged(frame, request, answer)
      }),
      onFailure: (error) =>
        error instanceof BadArgument
          ? errored(error.message)
          : failed(`request to ${request.url} failed: ${messageFrom(error)}`)
    })
  })

const send = async (
  request: HttpRequest,
  stores: ReadonlyArray<StoreDocument>,
  signal: AbortSignal
): Promise<Answer> => {
  const headers = (request.headers ?? []).map(({ name = "", value, valueFrom }): [string, string] => {
    const found = valueFrom?.secretKeyRef === undefined
      ? value ?? ""
      : storedText("Secret", valueFrom.secretKeyRef, stores)
    if (found === undefined) throw new BadArgument(`the secret of header ${name} is not in the given files`)
    return [name, found]
  })
  const body = request.body === undefined || request.body === "" ? {} : { body: request.body }
  const answer = await fetch(request.url ?? "", { method: request.method ?? "GET", headers, signal, ...body })
  return {
    status: answer.status,
    body: await answer.text(),
    headers: Object.fromEntries([...answer.headers].map(([name, value]) => [name, [value]]))
  }
}

const judged = (frame: Frame, request: HttpRequest, { body, headers, status }: Answer): NodeResult => {
  const outputs = { result: body }
  const { successCondition } = request
  if (successCondition === undefined || successCondition === "") {
    return status >= 200 && status < 300
      ? succeeded(outputs)
      : failed(`received non-2xx response code: ${status}`, outputs)
  }
  const names = {
    ...frame.variables.tree,
    request: { method: request.method ?? "GET", url: request.url, body: request.body ?? "" },
    response: { statusCode: status, body, headers }
  }
  const value = evaluateExpression(compileExpression(successCondition), names, { now: frame.session.parts.now })
  if (typeof value !== "boolean") return errored(`successCondition "${successCondition}" is not true or false`, outputs)
  return value ? succeeded(outputs) : failed(`successCondition '${successCondition}' evaluated false`, outputs)
}
