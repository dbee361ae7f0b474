/** A server of its own: a port of this machine, a token, and the handler behind them. */
import type { Pinnace } from "../embed/Pinnace.ts"
import { admit, count, text, under } from "../workflow/admit.ts"
import { demand } from "../workflow/values.ts"
import { newToken } from "./guard/token.ts"
import { handlerAt, loopback } from "./handler.ts"
import { type HandlerOptions, handlerRules } from "./HandlerOptions.ts"
import { isLoopback } from "./listen/loopback.ts"
import { Listener, type ListenLimits } from "./listen/Listener.ts"

/** How a server listens. */
export interface ServeOptions extends Omit<HandlerOptions, "base"> {
  /** Default any free port. */
  readonly port?: number
  /**
   * The address to listen at; default that of this machine alone. Another one needs a `token` of yours, or
   * `authorize`.
   */
  readonly host?: string
  /** What clients may ask of it at once. */
  readonly limits?: ListenLimits
  /** Is told, in a sentence, of what is odd: a client that speaks another protocol. Default nobody is. */
  readonly onNote?: (note: string) => void
}

/** A server that listens. */
export interface PinnaceServer {
  /** Its address, such as `http://127.0.0.1:7070`. */
  readonly url: string
  /** The port it listens on, also where it was left to the system. */
  readonly port: number
  /** The address with the token, for `connect` and for browsers. */
  readonly link: string
  /** The token that it made, or the only one that it was given; `undefined` otherwise. */
  readonly token: string | undefined
  /** Ends streams, lets requests finish, and stops listening; the engine stays open. */
  readonly close: () => Promise<void>
}

const port = (value: unknown) => {
  const fits = Number.isInteger(value) && (value as number) >= 0 && (value as number) < 65_536
  return fits ? undefined : { what: `is ${String(value)}`, hint: "Use a whole number from 0 to 65535" }
}

const atLeastOne = count({ least: 1 })

const rules = {
  ...handlerRules,
  port,
  host: text,
  limits: under<ListenLimits>({
    connections: atLeastOne,
    headTime: atLeastOne,
    stallTime: atLeastOne,
    grace: count({ least: 0 })
  }),
  onNote: handlerRules.onAnswer
}

const own = ["127.0.0.1", "::1"] as const

/**
 * Serves an engine at a port of this machine. Rejects with `InvalidValue`, or with the system's error when it cannot
 * listen there.
 */
export const serve = async <R>(pinnace: Pinnace<R>, options: ServeOptions = {}): Promise<PinnaceServer> => {
  const given = admit<ServeOptions>("the options of a server", options, rules)
  const { host, limits = {}, onNote = () => {}, port = 0, ...rest } = given
  const isLocal = host === undefined || isLoopback(host)
  const named = rest.token !== undefined || rest.authorize !== undefined
  if (!isLocal && !named) {
    demand(`"host" of the options of a server`, {
      what: `is ${host}, which other machines can reach`,
      hint: 'Give a "token" of your own with it, or leave it out and use `ssh -L`'
    })
  }
  const token = named ? rest.token : newToken()
  let names: ReadonlyArray<string> = []
  const answer = handlerAt(pinnace, { ...rest, ...(token === undefined ? {} : { token }) }, () => names)
  const addresses = host === undefined ? own : [host] as const
  const listener = await Listener.on([...addresses], port, { respond: answer, note: onNote }, limits)
  names = [...loopback, ...(isLocal ? [] : [bracketed(host)])].map((it) => `${it}:${listener.port}`)
  const url = `http://${bracketed(host ?? own[0])}:${listener.port}`
  const only = typeof token === "string" ? token : undefined
  return {
    url,
    port: listener.port,
    link: only === undefined ? url : `${url}/#token=${only}`,
    token: only,
    close: () => {
      answer.close()
      return listener.close()
    }
  }
}

const bracketed = (host: string): string => host.includes(":") ? `[${host}]` : host
