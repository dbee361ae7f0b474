/** What can be done about a run: each action, what it asks of the server, and the command that does the same. */
import type { CompensationPlan, CompensationPreview } from "../../engine/life/compensate.ts"
import type { Json } from "../../run/Event.ts"
import { send } from "../api/connection.ts"
import type { AgainPlan, Run } from "../api/wire.ts"
import { type Given, ofRun, type Retry } from "./commands.ts"

/** What came of an action. */
export interface Answered {
  readonly ok: boolean
  readonly message: string
}

const post = <A>(id: string, what: string, body: object = {}): Promise<A> =>
  send<A>("POST", `/runs/${encodeURIComponent(id)}/${what}`, body)

/** Ends the run; exit handlers run. */
export const stop = {
  command: ofRun.stop,
  do: (id: string, message: string) => post<Answered>(id, "stop", message === "" ? {} : { message })
}

/** Ends the run at once, or once what it did is undone. */
export const terminate = {
  command: ofRun.terminate,
  do: (id: string, message: string, compensate: boolean) =>
    post<Answered>(id, "terminate", {
      ...message === "" ? {} : { message },
      ...compensate ? { compensate } : {}
    })
}

/** Lets nothing new begin. */
export const suspend = { command: ofRun.suspend, do: (id: string) => post<Answered>(id, "suspend") }

/** Lets it go on. */
export const resume = { command: ofRun.resume, do: (id: string) => post<Answered>(id, "resume") }

/** Gives a waiting node its value; to a suspend node of a manifest, its outputs. */
export const signalNode = {
  command: ofRun.signal,
  do: (id: string, node: string, value: Json | undefined, hasOutputs: boolean) =>
    value === undefined
      ? post<Answered>(id, "approve", { node })
      : post<Answered>(id, "signal", { node, value: hasOutputs ? { parameters: value } : value })
}

/** Another input as the body of a new run. */
const inputOf = (it: Given): object =>
  it === undefined ? {} : "input" in it ? it : { input: { parameters: it.parameters }, keepReaders: true }

/** Runs the failed part again. */
export const retry = {
  command: ofRun.retry,
  plan: (id: string, request: Retry, other?: Given) => post<AgainPlan>(id, "retry?plan", { ...request, ...other }),
  do: (id: string, request: Retry, other?: Given) => post<AgainPlan>(id, "retry", { ...request, ...other })
}

/** Undoes what the ended run did. */
export const compensate = {
  command: ofRun.compensate,
  plan: (id: string) => post<CompensationPreview>(id, "compensate?plan"),
  do: (id: string) => post<CompensationPlan>(id, "compensate")
}

/** The same again in a new run. */
export const resubmit = {
  command: ofRun.resubmit,
  plan: (id: string, memoized: boolean, other?: Given) =>
    post<AgainPlan>(id, "resubmit?plan", { memoized, ...inputOf(other) }),
  do: (id: string, memoized: boolean, other?: Given) => post<Run>(id, "resubmit", { memoized, ...inputOf(other) })
}

/** A new run that keeps all but a node and what comes after it. */
export const fork = {
  command: ofRun.fork,
  plan: (id: string, node: string, other?: Given) => post<AgainPlan>(id, "fork?plan", { node, ...inputOf(other) }),
  do: (id: string, node: string, other?: Given) => post<Run>(id, "fork", { node, ...inputOf(other) })
}

/** Deletes the run. */
export const remove = {
  command: ofRun.remove,
  do: (id: string, force: boolean) => send<null>("DELETE", `/runs/${encodeURIComponent(id)}${force ? "?force" : ""}`)
}
