/**
 * Requests to a server: its token, its errors as the errors of the engine.
 *
 * Owns: where the server is, and who asks. Does not own: what is asked.
 */
import { EngineClosed, InvalidInput, Refused, RunExists, RunNotFound } from "../../engine/EngineError.ts"

/** How a client reaches its server. */
export interface ConnectOptions {
  /** The token of the server. Default that of the address, as `pinnace ui` prints it. */
  readonly token?: string
  /** Default the runtime's own. */
  readonly fetch?: (input: string, init: RequestInit) => Promise<Response>
}

/** The server said something that is none of the engine's errors, or could not be reached. */
export class ServerError extends Error {
  /** Tells this error from others. */
  override readonly name: "ServerError" = "ServerError"
  /** The status of the answer; 0 when there was none. */
  readonly status: number
  /** The tag of what went wrong in the server, such as `InvalidValue`; `Unreachable` when nothing was heard of it. */
  readonly _tag: string

  /** Makes the error of an answer, or of none (status 0). */
  constructor(status: number, tag: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.status = status
    this._tag = tag
  }
}

/** Bytes that are sent. */
export type Bytes = ArrayBuffer | Uint8Array<ArrayBuffer> | Blob | ReadableStream<Uint8Array>

/** What a request sends. */
export interface Sent {
  readonly query?: Readonly<Record<string, unknown>>
  readonly json?: unknown
  readonly bytes?: Bytes
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

type Method = "GET" | "POST" | "PUT" | "DELETE"

/** The way to one server. */
export class Wire {
  readonly #base: string
  readonly #token: string | undefined
  readonly #fetch: NonNullable<ConnectOptions["fetch"]>

  constructor(address: string, options: ConnectOptions = {}) {
    const url = new URL(address)
    this.#token = options.token ?? (new URLSearchParams(url.hash.slice(1)).get("token") ?? undefined)
    this.#base = `${url.origin}${url.pathname.replace(/\/+$/, "")}/pinnace/v1`
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init))
  }

  /** Asks, and gives the answer as it came. Rejects with the engine's error, or ServerError. */
  async send(method: Method, path: string, { bytes, headers, json, query, signal }: Sent = {}): Promise<Response> {
    const body = json === undefined ? bytes : JSON.stringify(json)
    const response = await this.#reach(`${this.#base}${path}${queryOf(query)}`, {
      method,
      headers: { ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }), ...headers },
      ...(body === undefined ? {} : { body, duplex: "half" }),
      ...(signal === undefined ? {} : { signal })
    })
    if (response.ok) return response
    throw await errorOf(response)
  }

  /** Asks for JSON. */
  async ask<A>(method: Method, path: string, sent: Sent = {}): Promise<A> {
    return await (await this.send(method, path, sent)).json() as A
  }

  async #reach(url: string, init: RequestInit): Promise<Response> {
    try {
      return await this.#fetch(url, init)
    } catch (error) {
      if (init.signal?.aborted === true) throw error
      throw new ServerError(0, "Unreachable", `Cannot reach ${this.#base}: ${(error as Error).message}`, {
        cause: error
      })
    }
  }
}

const queryOf = (query: Sent["query"] = {}): string => {
  const given = Object.entries(query).flatMap(([name, value]): ReadonlyArray<[string, string]> =>
    value === undefined ? [] : Array.isArray(value) ? [[name, value.join(",")]] : [[name, String(value)]]
  )
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`
}

type Fields = Readonly<Record<string, string>>

/** The errors that are made again as what they were. */
const classes: Readonly<Record<string, (fields: Fields) => Error>> = {
  EngineClosed: (it) => new EngineClosed(it as { message: string }),
  InvalidInput: (it) => new InvalidInput(it as { workflow: string; message: string }),
  Refused: (it) => new Refused({ run: "", verb: "", message: "", ...it }),
  RunExists: (it) => new RunExists(it as { id: string; message: string }),
  RunNotFound: (it) => new RunNotFound(it as { id: string; message: string })
}

const errorOf = async (response: Response): Promise<Error> => {
  const text = await response.text()
  const { _tag: tag = "Unexpected", ...fields } = read(text)
  const message = fields["message"] ?? `The server answered ${response.status}`
  const make = Object.hasOwn(classes, tag) ? classes[tag] : undefined
  return make === undefined ? new ServerError(response.status, tag, message) : make({ ...fields, message })
}

const read = (text: string): Fields => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === "object" && value !== null ? value as Fields : {}
  } catch {
    return {}
  }
}
