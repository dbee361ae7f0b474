/** How an end becomes the exit of a container. */
import type { NodeEnd } from "../../engine/node/NodeEnd.ts"
import { decideRetry } from "../../run/retry.ts"
import type { Retry } from "../../workflow/Retry.ts"
import { exitCodes } from "../policies.ts"
import type { ExecAnswer, ExecRequest } from "./ExecRequest.ts"
import { endText } from "./scope.ts"

/** The answer that an end means, by what the policy says of it. */
export const ending = (
  end: NodeEnd,
  retry: Retry | undefined,
  { attempt }: ExecRequest,
  error?: unknown
): ExecAnswer => {
  const outputs = { end: endText(end) }
  if (end.phase !== "Failed" && end.phase !== "Error") return { exitCode: exitCodes.succeeded, outputs }
  const message = `${end.reason ?? end.phase}: ${end.message ?? ""}`
  if (retry !== undefined && isTriedAgain(end, retry, attempt, error)) {
    return { exitCode: exitCodes.again, outputs, message }
  }
  return { exitCode: end.phase === "Failed" ? exitCodes.failed : exitCodes.defect, outputs, message }
}

/** Argo knows when the first attempt began, and how long to wait. */
const isTriedAgain = (
  { error: encoded, message = "", phase, reason = "TaskFailed" }: NodeEnd,
  retry: Retry,
  attempt: number,
  error: unknown
): boolean =>
  decideRetry({ ...retry, maxDuration: Infinity }, {
    attempt,
    firstStartedAt: 0,
    now: 0,
    failure: { phase: phase as "Failed" | "Error", reason, error, tag: encoded?.tag ?? "", message, at: 0 },
    random: () => 0.5
  }).again
