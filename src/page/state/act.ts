/** What can be done about a run: each action, what it asks of the server, and the command that does the same. */
import type { Json } from "../../run/Event.ts"
import { send } from "../api/connection.ts"
import type { AgainPlan, Run } from "../api/wire.ts"

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

/** Ends the run at once, or once what it did is undone. */
export const terminate = {
  command: (id: string, message: string, compensate: boolean) => [
    "terminate",
    id,
    ...compensate ? ["--compensate"] : [],
    ...told(message)
  ],
  do: (id: string, message: string, compensate: boolean) =>
    post<Answered>(id, "terminate", {
      ...message === "" ? {} : { message },
      ...compensate ? { compensate } : {}
    })
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

/** Another input for what is done again: as JSON, or of a manifest its parameters. */
export type Given = { readonly input: Json } | { readonly parameters: Readonly<Record<string, string>> } | undefined

/** The options that give the same in a terminal. */
const given = (it: Given): ReadonlyArray<string> =>
  it === undefined
    ? []
    : "input" in it
    ? ["--input", JSON.stringify(it.input)]
    : Object.entries(it.parameters).flatMap(([name, value]) => ["-p", `${name}=${value}`])

/** The same as the body of a new run. */
const inputOf = (it: Given): object =>
  it === undefined ? {} : "input" in it ? it : { input: { parameters: it.parameters }, keepReaders: true }

/** What a retry is asked. */
export interface Retry {
  readonly nodes?: ReadonlyArray<string>
  readonly restartSuccessful?: boolean
}

/** Runs the failed part again. */
export const retry = {
  command: (id: string, { nodes = [], restartSuccessful = false }: Retry, other?: Given) => [
    "retry",
    id,
    ...nodes.flatMap((it) => ["--node", it]),
    ...restartSuccessful ? ["--restart-successful"] : [],
    ...given(other)
  ],
  plan: (id: string, request: Retry, other?: Given) => post<AgainPlan>(id, "retry?plan", { ...request, ...other }),
  do: (id: string, request: Retry, other?: Given) => post<AgainPlan>(id, "retry", { ...request, ...other })
}

/** The same again in a new run. */
export const resubmit = {
  command: (id: string, memoized: boolean, other?: Given) => [
    "resubmit",
    id,
    ...memoized ? ["--memoized"] : [],
    ...given(other)
  ],
  plan: (id: string, memoized: boolean, other?: Given) =>
    post<AgainPlan>(id, "resubmit?plan", { memoized, ...inputOf(other) }),
  do: (id: string, memoized: boolean, other?: Given) => post<Run>(id, "resubmit", { memoized, ...inputOf(other) })
}

/** A new run that keeps all but a node and what comes after it. */
export const fork = {
  command: (id: string, node: string, other?: Given) => ["fork", id, node, ...given(other)],
  plan: (id: string, node: string, other?: Given) => post<AgainPlan>(id, "fork?plan", { node, ...inputOf(other) }),
  do: (id: string, node: string, other?: Given) => post<Run>(id, "fork", { node, ...inputOf(other) })
}

/** Deletes the run. */
export const remove = {
  command: (id: string, force: boolean) => ["delete", id, ...force ? ["--force"] : []],
  do: (id: string, force: boolean) => send<null>("DELETE", `/runs/${encodeURIComponent(id)}${force ? "?force" : ""}`)
}
