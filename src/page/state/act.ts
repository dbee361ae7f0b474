/** What can be done about a run: each action, what it asks of the server, and the command that does the same. */
import type { Json } from "../../run/Event.ts"
import { send } from "../api/connection.ts"
import type { RetryPlan, Run } from "../api/wire.ts"

/** What came of an action. */
export interface Answered {
  readonly ok: boolean
  readonly message: string
}

const post = <A>(id: string, what: string, body: object = {}): Promise<A> =>
  send<A>("POST", `/runs/${encodeURIComponent(id)}/${what}`, body)

const told = (message: string): ReadonlyArray<string> => message === "" ? [] : ["--message", message]

/** Ends the run; exit handlers run. */
export const stop = {
  command: (id: string, message: string) => ["stop", id, ...told(message)],
  do: (id: string, message: string) => post<Answered>(id, "stop", message === "" ? {} : { message })
}

/** Ends the run at once. */
export const terminate = {
  command: (id: string, message: string) => ["terminate", id, ...told(message)],
  do: (id: string, message: string) => post<Answered>(id, "terminate", message === "" ? {} : { message })
}

/** Lets nothing new begin. */
export const suspend = {
  command: (id: string) => ["suspend", id],
  do: (id: string) => post<Answered>(id, "suspend")
}

/** Lets it go on. */
export const resume = {
  command: (id: string) => ["resume", id],
  do: (id: string) => post<Answered>(id, "resume")
}

/** Gives a waiting node its value. */
export const signalNode = {
  command: (id: string, node: string, value: Json | undefined) =>
    value === undefined ? ["approve", id, node] : ["signal", id, node, JSON.stringify(value)],
  do: (id: string, node: string, value: Json | undefined) =>
    value === undefined ? post<Answered>(id, "approve", { node }) : post<Answered>(id, "signal", { node, value })
}

/** What a retry is asked. */
export interface Retry {
  readonly nodes?: ReadonlyArray<string>
  readonly restartSuccessful?: boolean
}

/** Runs the failed part again. */
export const retry = {
  command: (id: string, { nodes = [], restartSuccessful = false }: Retry) => [
    "retry",
    id,
    ...nodes.flatMap((it) => ["--node", it]),
    ...restartSuccessful ? ["--restart-successful"] : []
  ],
  plan: (id: string, request: Retry) => post<RetryPlan>(id, "retry?plan", request),
  do: (id: string, request: Retry) => post<RetryPlan>(id, "retry", request)
}

/** The same again in a new run. */
export const resubmit = {
  command: (id: string, memoized: boolean) => ["resubmit", id, ...memoized ? ["--memoized"] : []],
  do: (id: string, memoized: boolean) => post<Run>(id, "resubmit", memoized ? { memoized } : {})
}

/** A new run that keeps all but a node and what comes after it. */
export const fork = {
  command: (id: string, node: string) => ["fork", id, node],
  do: (id: string, node: string) => post<Run>(id, "fork", { node })
}

/** Deletes the run. */
export const remove = {
  command: (id: string, force: boolean) => ["delete", id, ...force ? ["--force"] : []],
  do: (id: string, force: boolean) => send<null>("DELETE", `/runs/${encodeURIComponent(id)}${force ? "?force" : ""}`)
}
