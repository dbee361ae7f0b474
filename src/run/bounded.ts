/**
 * The texts inside facts within their bounds: messages, stacks and notes
 * are for people, who read no megabytes. Values are bounded elsewhere.
 */
import { boundedText } from "../workflow/boundedText.ts"
import type { EncodedError, Event } from "./Event.ts"

/** Bytes kept of texts. */
export interface TextBounds {
  /** Of a message: of an error, an ending, a stop. */
  readonly message: number
  /** Of a note of progress. */
  readonly note: number
}

/** What causes and members may have of the bound of the error they belong to: there are many of them. */
const innerShare = 8

/** An error that fits, with its causes and members. */
export const boundedError = (error: EncodedError, { message: limit }: Pick<TextBounds, "message">): EncodedError => {
  const inner = { message: Math.ceil(limit / innerShare) }
  return {
    ...error,
    tag: boundedText(error.tag, limit),
    message: boundedText(error.message, limit),
    ...(error.stack === undefined ? {} : { stack: boundedText(error.stack, limit) }),
    ...(error.at === undefined ? {} : { at: boundedText(error.at, limit) }),
    ...(error.cause === undefined ? {} : { cause: innerError(error.cause, inner) }),
    ...(error.errors === undefined ? {} : { errors: error.errors.map((it) => innerError(it, inner)) })
  }
}

/** One bound for all that lies deeper. */
const innerError = (error: EncodedError, bound: Pick<TextBounds, "message">): EncodedError => {
  const { cause, errors, ...own } = error
  return {
    ...boundedError(own, bound),
    ...(cause === undefined ? {} : { cause: innerError(cause, bound) }),
    ...(errors === undefined ? {} : { errors: errors.map((it) => innerError(it, bound)) })
  }
}

interface Texts {
  readonly message?: string | undefined
  readonly error?: EncodedError | undefined
}

/** An ending, or anything with a message and an error, that fits. */
export const boundedEnding = <A extends Texts>(
  ending: A,
  bounds: TextBounds
): A => {
  if (ending.message === undefined && ending.error === undefined) return ending
  return {
    ...ending,
    ...(ending.message === undefined ? {} : { message: boundedText(ending.message, bounds.message) }),
    ...(ending.error === undefined ? {} : { error: boundedError(ending.error, bounds) })
  }
}

/** A fact that fits. */
export const bounded = <A extends Event>(event: A, bounds: TextBounds): A => {
  if ("ending" in event) {
    const ending = boundedEnding(event.ending, bounds)
    return ending === event.ending ? event : { ...event, ending }
  }
  if (event.type === "AttemptFailed") return { ...event, ...boundedEnding<Texts>(event, bounds) }
  if ("message" in event && event.message !== undefined) {
    return { ...event, message: boundedText(event.message, bounds.message) }
  }
  if (event.type !== "NodeProgress" || event.note === undefined) return event
  return { ...event, note: boundedText(event.note, bounds.note) }
}
