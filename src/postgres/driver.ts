/** Sessions of the driver `pg`, which is loaded when the first one is opened. */
import { JournalError } from "../journal/JournalError.ts"
import { Ended } from "./Ended.ts"
import { isLost } from "./pgError.ts"
import type { Connect, PgRow, PgSession } from "./PgSession.ts"
import { received, receivedJson } from "./text.ts"

/** As much of the driver as is used: its types are not there where it is not installed. */
interface Pg {
  readonly Client: new (options: object) => Client
}

interface Client {
  on(event: "error", listener: (error: Error) => void): unknown
  on(event: "end", listener: () => void): unknown
  on(event: "notification", listener: (notice: { readonly payload?: string }) => void): unknown
  connect(): Promise<unknown>
  end(): Promise<void>
  query(question: object): Promise<Answer | ReadonlyArray<Answer>>
}

interface Answer {
  readonly rows: ReadonlyArray<PgRow>
}

const loadPg = async (): Promise<Pg> => {
  try {
    const { default: pg } = await import("pg")
    return pg as unknown as Pg
  } catch (error) {
    throw new JournalError({
      reason: "UnsupportedRuntime",
      message: `Cannot open a PostgreSQL database: the package "pg" cannot be loaded (${(error as Error).message}). ` +
        "Install it beside pinnace: npm install pg"
    })
  }
}

/** How the types of columns are read, by their numbers. */
const parsers: Readonly<Record<number, (text: string) => unknown>> = {
  16: (text) => text === "t",
  20: Number,
  21: Number,
  23: Number,
  25: received,
  26: Number,
  114: receivedJson,
  701: Number,
  1007: (text) => text === "{}" ? [] : text.slice(1, -1).split(",").map(Number),
  1043: received,
  3802: receivedJson
}

const types = { getTypeParser: (type: number) => parsers[type] ?? ((text: string) => text) }

/** How sessions with a server are opened. */
export interface PgAddress {
  /** `postgres://user@host:port/database`; what is missing is taken from the environment, as `psql` does. */
  readonly url: string
  /** Gives the password for each new session, where it is not in the address; for tokens that expire. */
  readonly password?: (() => string | Promise<string>) | undefined
}

/**
 * Opens sessions with a server, each over a client of its own: the driver's clients cannot be used again once anything
 * has happened to them, and not every runtime tells of it by the same event.
 */
export const connecting = ({ password, url }: PgAddress, load: () => Promise<Pg> = loadPg): Connect => async () => {
  const { Client } = await load()
  const client = new Client({
    connectionString: url,
    application_name: "pinnace",
    keepAlive: true,
    pipeline: true,
    connectionTimeoutMillis: 10_000,
    types,
    ...(password === undefined ? {} : { password: async () => password() })
  })
  const ended = new Ended()
  client.on("error", (error) => ended.tell(error))
  client.on("end", () => ended.tell(undefined))
  try {
    await unlessEnded(ended, () => client.connect())
  } catch (error) {
    ended.tell(error as Error)
    client.end().catch(() => {})
    throw error
  }
  return session(client, ended)
}

/** The answer to a question, or the end of the session when that comes first. */
const unlessEnded = <A>(ended: Ended, ask: () => Promise<A>): Promise<A> =>
  new Promise((resolve, reject) => {
    if (ended.error !== undefined) return reject(ended.error)
    const forget = ended.on(reject)
    ask().then(resolve, reject).finally(forget)
  })

/** An idle session does not keep the process alive; one with a question does. */
const session = (client: Client, ended: Ended): PgSession => {
  const socket = client as unknown as { readonly ref: () => void; readonly unref: () => void; processID: number }
  let asked = 0
  // A socket that is gone would only collect listeners for a connection that never comes.
  const keep = (how: "ref" | "unref"): void => void (ended.error === undefined && socket[how]())
  keep("unref")
  // What the server has not heard yet is not waited for, and the socket is given back.
  ended.on(() => void client.end().catch(() => {}))
  const send = (text: string, values?: ReadonlyArray<unknown>) =>
    client.query({ text, ...(values === undefined ? {} : { values: [...values] }) }).catch((error: Error) => {
      // Not every runtime tells the driver that the connection is gone before something is asked over it.
      if (isLost(error)) ended.tell(error)
      throw error
    })
  const ask: PgSession["query"] = async (text, values) => {
    const result = await unlessEnded(ended, () => send(text, values))
    return [result].flat().at(-1)!.rows
  }
  return {
    backend: socket.processID,
    query: async (text, values) => {
      if (asked++ === 0) keep("ref")
      try {
        return await ask(text, values)
      } finally {
        if (--asked === 0) keep("unref")
      }
    },
    wait: ask,
    onNotice: (listener) => void client.on("notification", ({ payload = "" }) => listener(payload)),
    onEnd: (listener) => void ended.on(() => listener()),
    close: async () => {
      // The end is waited for like an answer: what is answered meanwhile must not let the process go before it.
      if (asked++ === 0) keep("ref")
      const over = new Promise<void>((resume) => void ended.on(() => resume()))
      await Promise.race([client.end(), over])
    }
  }
}
