/** Sessions of the driver `pg`, which is loaded when the first one is opened. */
import { JournalError } from "../journal/JournalError.ts"
import { isLost } from "./pgError.ts"
import type { Connect, PgRow, PgSession } from "./PgSession.ts"
import { received, receivedJson } from "./text.ts"

type Pg = Pick<typeof import("pg"), "Client">

const loadPg = async (): Promise<Pg> => {
  try {
    const { default: pg } = await import("pg")
    return pg
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

/** Opens sessions with a server. */
export const connecting = ({ password, url }: PgAddress): Connect => async () => {
  const { Client } = await loadPg()
  const client = new Client({
    connectionString: url,
    application_name: "pinnace",
    keepAlive: true,
    pipeline: true,
    connectionTimeoutMillis: 10_000,
    types: types as never,
    ...(password === undefined ? {} : { password: async () => password() })
  })
  const ended: Array<() => void> = []
  let isOpen = true
  const end = (): void => {
    if (!isOpen) return
    isOpen = false
    for (const listener of ended) listener()
  }
  client.on("error", end)
  client.on("end", end)
  await client.connect()
  return session(client, ended, end)
}

type Client = InstanceType<Pg["Client"]>

/** An idle session does not keep the process alive; one with a question does. */
const session = (client: Client, ended: Array<() => void>, end: () => void): PgSession => {
  const socket = client as unknown as { readonly ref: () => void; readonly unref: () => void; processID: number }
  let asked = 0
  socket.unref()
  const ask: PgSession["query"] = async (text, values) => {
    const result = await client.query({ text, ...(values === undefined ? {} : { values: [...values] }) }).catch(
      (error: unknown) => {
        // Not every runtime tells the driver that the connection is gone before something is asked over it.
        if (isLost(error)) end()
        throw error
      }
    )
    return (Array.isArray(result) ? result.at(-1).rows : result.rows) as ReadonlyArray<PgRow>
  }
  return {
    backend: socket.processID,
    query: async (text, values) => {
      if (asked++ === 0) socket.ref()
      try {
        return await ask(text, values)
      } finally {
        if (--asked === 0) socket.unref()
      }
    },
    wait: ask,
    onNotice: (listener) => void client.on("notification", ({ payload = "" }) => listener(payload)),
    onEnd: (listener) => void ended.push(listener),
    close: () => {
      socket.ref()
      return client.end()
    }
  }
}
