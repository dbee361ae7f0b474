/** HTTP templates: one request, its body as the result. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { traceparentAt } from "../../engine/Interpreter.ts"
import type { HttpRequest } from "../document/Manifest.ts"
import { compileExpression, evaluateExpression } from "../language/expr/expression.ts"
import { substituteAll } from "../language/template/substitute.ts"
import { wholeFrom } from "../document/amounts.ts"
import { BadArgument } from "../document/BadArgument.ts"
import { storedText } from "../values/arguments.ts"
import { type Frame, substitution } from "../compile/Frame.ts"
import { messageFrom } from "../document/messageFrom.ts"
import { failed, type NodeResult, succeeded } from "../values/Result.ts"

interface Answer {
  readonly status: number
  readonly body: string
  readonly headers: Readonly<Record<string, ReadonlyArray<string>>>
}

/** Sends the request inside its node. */
export const runHttp = (frame: Frame): Effect.Effect<NodeResult> =>
  Effect.suspend(() => {
    const request = substituteAll(frame.template.http ?? {}, substitution(frame))
    const seconds = wholeFrom("http.timeoutSeconds", request.timeoutSeconds ?? "30")
    const sent = Effect.tryPromise({
      try: (signal) => send(request, frame, signal),
      catch: (error) => error
    })
    return Effect.match(Effect.timeoutOption(sent, Duration.seconds(seconds)), {
      onSuccess: Option.match({
        onNone: () => failed(`no answer from ${request.url} within ${seconds} s`),
        onSome: (answer) => judged(frame, request, answer)
      }),
      onFailure: (error) =>
        failed(error instanceof BadArgument ? error.message : `request to ${request.url} failed: ${messageFrom(error)}`)
    })
  })

const send = async (
  request: HttpRequest,
  { place, session: { parts: { stores } } }: Frame,
  signal: AbortSignal
): Promise<Answer> => {
  const headers = (request.headers ?? []).map(({ name = "", value, valueFrom }): [string, string] => {
    const found = valueFrom?.secretKeyRef === undefined
      ? value ?? ""
      : storedText("Secret", valueFrom.secretKeyRef, stores)
    if (found === undefined) throw new BadArgument(`the secret of header ${name} is not in the given files`)
    return [name, found]
  })
  const traceparent = traceparentAt(place.live.run, place.path)
  const isGiven = headers.some(([name]) => name.toLowerCase() === "traceparent")
  if (traceparent !== undefined && !isGiven) headers.push(["traceparent", traceparent])
  const body = request.body === undefined || request.body === "" ? {} : { body: request.body }
  const answer = await fetch(request.url ?? "", { method: request.method ?? "GET", headers, signal, ...body })
  return {
    status: answer.status,
    body: await answer.text(),
    headers: canonical(answer.headers)
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
    request: {
      method: request.method ?? "GET",
      url: request.url,
      body: request.body ?? "",
      // Where the value of a header is in a Secret, conditions do not see it.
      headers: listed((request.headers ?? []).filter((it) => it.valueFrom === undefined))
    },
    response: { statusCode: status, body, headers }
  }
  try {
    const value = evaluateExpression(compileExpression(successCondition), names, { now: frame.session.parts.now })
    if (value === true) return succeeded(outputs)
    const why = value === false ? "evaluated false" : "is not true or false"
    return failed(`successCondition '${successCondition}' ${why}`, outputs)
  } catch (error) {
    return failed(`successCondition '${successCondition}' cannot be evaluated: ${messageFrom(error)}`, outputs)
  }
}

const listed = (headers: ReadonlyArray<{ readonly name?: string; readonly value?: string }>) =>
  Object.fromEntries(headers.map(({ name = "", value = "" }) => [name, [value]]))

/** Names as Go's HTTP library writes them (`Content-Type`), each with the list of its values. */
const canonical = (headers: Headers): Answer["headers"] => ({
  ...Object.fromEntries([...headers].map(([name, value]) => [canonicalName(name), [value]])),
  ...(headers.has("set-cookie") ? { "Set-Cookie": headers.getSetCookie() } : {})
})

const canonicalName = (name: string): string =>
  name.toLowerCase().replace(/(?<=^|-)[a-z]/g, (letter) => letter.toUpperCase())
