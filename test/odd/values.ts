/** Values that nobody means and that arrive all the same. */

/** An odd value, made anew for each use. */
export interface Odd {
  readonly name: string
  readonly make: () => unknown
}

/** What values say that throw when they are looked at. */
export const hostility = "not yours to read"

const thrower = (): never => {
  throw new Error(hostility)
}

const cyclic = (): object => {
  const value: Record<string, unknown> = { a: 1 }
  value["self"] = value
  return value
}

const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

/** Throws at whatever is asked of it. */
const hostile = (): object =>
  new Proxy({}, {
    get: thrower,
    has: thrower,
    ownKeys: thrower,
    getPrototypeOf: thrower,
    getOwnPropertyDescriptor: thrower
  })

const odd = (name: string, make: () => unknown): Odd => ({ name, make })

/** All of them; each is small. */
export const odds: ReadonlyArray<Odd> = [
  ...[NaN, Infinity, -Infinity, -0, -1, 0, 1.5, 1e300, 2 ** 53, -(2 ** 63)].map((it) => odd(`${it}`, () => it)),
  odd("null", () => null),
  odd("true", () => true),
  odd("a bigint", () => 10n),
  odd("a symbol", () => Symbol("odd")),
  odd("a function", () => () => {}),
  odd("an empty text", () => ""),
  odd("a NUL", () => "a\0b"),
  odd("a lone surrogate", () => "a\ud800b"),
  odd("line breaks", () => "a\nb\r\u2028c"),
  odd("__proto__", () => "__proto__"),
  odd("a path upwards", () => "../../x"),
  odd("a long text", () => "long".repeat(20_000)),
  odd("an own __proto__", () => JSON.parse('{"__proto__":{"polluted":true},"a":1}')),
  odd("an empty object", () => ({})),
  odd("a cyclic object", cyclic),
  odd("a list that holds itself", () => {
    const list: Array<unknown> = []
    list.push(list)
    return list
  }),
  odd("a list of odd things", () => [NaN, undefined, null, Symbol("in a list"), "\ud800"]),
  odd("a getter that throws", () => Object.defineProperty({}, "a", { enumerable: true, get: thrower })),
  odd("a toJSON that throws", () => ({ toJSON: thrower })),
  odd("a toString that throws", () => ({ toString: thrower, [Symbol.toPrimitive]: thrower })),
  odd("a hostile proxy", hostile),
  odd("a revoked proxy", revoked),
  odd("a Date", () => new Date(NaN)),
  odd("a Map", () => new Map([["a", 1]])),
  odd("a typed array", () => new Float64Array([NaN])),
  odd("an error", () => new Error("odd", { cause: Symbol("cause") })),
  odd("a promise that rejects", () => {
    const promise = Promise.reject(new Error("odd"))
    promise.catch(() => {})
    return promise
  }),
  odd("a nested text of JSON", () => JSON.parse("[".repeat(900) + "]".repeat(900)))
]
