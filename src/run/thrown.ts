/**
 * Anything that was thrown, as data: message, stack, causes and members,
 * few enough to be recorded. Nothing here throws, whatever the value is.
 */
import type { EncodedError } from "./Event.ts"
import { ownFrame } from "./frame.ts"

/**
 * How many errors one recorded error holds in all, and how deep: a
 * failure must not outgrow the work it ended. Texts are cut later.
 */
export const errorBounds = { errors: 24, depth: 8 } as const

/** Any thrown value as data. */
export const encodeThrown = (thrown: unknown): EncodedError => encode(thrown, { left: errorBounds.errors }, [])

interface Budget {
  left: number
}

const encode = (thrown: unknown, budget: Budget, above: ReadonlyArray<unknown>): EncodedError => {
  budget.left--
  if (!isError(thrown)) {
    return { tag: tagOf(thrown) ?? typeof thrown, message: plain(thrown) }
  }
  const stack = textAt(thrown, "stack")
  const at = ownFrame(stack)
  const deeper = [...above, thrown]
  const cause = within(fieldAt(thrown, "cause"), budget, deeper)
  const members = listAt(thrown, "errors").flatMap((it) => within(it, budget, deeper) ?? [])
  return {
    tag: tagOf(thrown) ?? (textAt(thrown, "name") || "Error"),
    message: wordsOf(thrown),
    ...(stack === "" ? {} : { stack: stack }),
    ...(at === undefined ? {} : { at: at }),
    ...(cause === undefined ? {} : { cause }),
    ...(members.length === 0 ? {} : { errors: members })
  }
}

const within = (value: unknown, budget: Budget, above: ReadonlyArray<unknown>): EncodedError | undefined =>
  value === undefined || value === null || budget.left <= 0 || above.length >= errorBounds.depth ||
    above.includes(value)
    ? undefined
    : encode(value, budget, above)

/**
 * What an error says, with its code and address where the
 * message leaves them out; of one without a message, its fields.
 */
const wordsOf = (error: object): string => {
  const message = textAt(error, "message")
  const facts = [textAt(error, "code"), placeOf(error)].filter((it) => it !== "" && !message.includes(it))
  if (message !== "") return facts.length === 0 ? message : `${message} (${facts.join(", ")})`
  return fieldsOf(error) || facts.join(", ")
}

const placeOf = (error: object): string => {
  const [address, port] = [textAt(error, "address"), fieldAt(error, "port")]
  return address !== "" && port !== undefined ? `${address}:${String(port)}` : textAt(error, "path")
}

const notFields = new Set(["_tag", "name", "message", "stack", "cause", "errors", "code"])

const fieldsOf = (error: object): string => {
  try {
    const fields = Object.keys(error).filter((it) => !notFields.has(it))
    return fields.length === 0 ? "" : json(Object.fromEntries(fields.map((it) => [it, fieldAt(error, it)])))
  } catch {
    return ""
  }
}

const json = (value: unknown): string =>
  JSON.stringify(value, (_, it: unknown) => typeof it === "bigint" ? String(it) : it) ?? ""

/** The tag of a tagged error. */
export const tagOf = (error: unknown): string | undefined =>
  typeof error === "object" && error !== null ? textAt(error, "_tag") || undefined : undefined

/** One line that tells an error with its causes and members; what a message repeats of its cause is told once. */
export const errorWords = (error: EncodedError): string => {
  const own = error.message === "" ? error.errors === undefined ? error.tag : "" : error.message
  const members = error.errors?.map(errorWords).filter((it) => !own.includes(it)).join("; ") ?? ""
  const cause = error.cause === undefined ? "" : errorWords(error.cause)
  return [own, members, own.includes(cause) ? "" : cause].filter((it) => it !== "").join(": ")
}

/** The recorded error as one that can be thrown: with its stack, its causes and its members. */
export const toError = (encoded: EncodedError): Error => {
  const { cause, errors, message, stack, tag } = encoded
  const options = cause === undefined ? undefined : { cause: toError(cause) }
  const error = errors === undefined
    ? new Error(message, options)
    : new AggregateError(errors.map(toError), message, options)
  for (const [name, value] of [["name", tag], ["stack", stack ?? `${tag}: ${message}`]] as const) {
    Object.defineProperty(error, name, { value, configurable: true, writable: true, enumerable: false })
  }
  return error
}

/** Gives an error that was made anew the stack and the cause of the recorded one. */
export const withOrigin = <A>(error: A, encoded: EncodedError): A => {
  if (!isError(error)) return error
  const { cause, stack } = encoded
  const own = { ...(stack === undefined ? {} : { stack }), ...(cause === undefined ? {} : { cause: toError(cause) }) }
  try {
    for (const [name, value] of Object.entries(own)) {
      Object.defineProperty(error, name, { value, configurable: true, writable: true, enumerable: false })
    }
  } catch {
    // A frozen error of the author's keeps what it has.
  }
  return error
}

const isError = (value: unknown): value is Error => {
  try {
    return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]"
  } catch {
    return false
  }
}

const plain = (value: unknown): string => {
  try {
    return typeof value === "string" ? value : typeof value === "object" ? json(value) : String(value)
  } catch {
    return unreadable(value)
  }
}

const unreadable = (value: unknown): string => `a thrown ${typeof value} that cannot be shown`

const fieldAt = (value: object, key: string): unknown => {
  try {
    return (value as Readonly<Record<string, unknown>>)[key]
  } catch {
    return undefined
  }
}

const textAt = (value: object, key: string): string => {
  const text = fieldAt(value, key)
  return typeof text === "string" ? text : ""
}

const listAt = (value: object, key: string): ReadonlyArray<unknown> => {
  const list = fieldAt(value, key)
  try {
    return Array.isArray(list) ? list.slice(0, errorBounds.errors) : []
  } catch {
    return []
  }
}
