/**
 * Ids of spans: computed from what is recorded, so that whoever goes on with a run, or looks at it years later, finds
 * the same ones, and no span is sent under two.
 */
import { createHash, randomBytes } from "node:crypto"

/** An id that no trace has had: 32 hexadecimal digits. */
export const newTraceId = (): string => randomBytes(16).toString("hex")

/** The trace of a run that was recorded without one, or of a later epoch: always the same for the same words. */
export const derivedTraceId = (...words: ReadonlyArray<string | number>): string =>
  createHash("sha256").update(words.join("\0")).digest("hex").slice(0, 32)

/** Which span of an epoch: of the run (`path` is empty), of a node (`attempt` is 0), or of one of its attempts. */
export interface SpanPlace {
  readonly path: string
  readonly attempt: number
  readonly rerun: number
}

/** The id of a span of a run: 16 hexadecimal digits, never all zero. A trace may hold many runs. */
export const spanIdOf = (traceId: string, run: string, { attempt, path, rerun }: SpanPlace): string => {
  const [high, low] = mixed(`${traceId}/${run}/${path}/${attempt}/${rerun}`)
  return digits(high) + digits(low || 1)
}

const digits = (word: number): string => (word >>> 0).toString(16).padStart(8, "0")

/** 64 bits of a text, well spread; no secret depends on them. */
const mixed = (text: string): readonly [number, number] => {
  let [one, two] = [0xdeadbeef, 0x41c6ce57]
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    one = Math.imul(one ^ unit, 2_654_435_761)
    two = Math.imul(two ^ unit, 1_597_334_677)
  }
  one = Math.imul(one ^ (one >>> 16), 2_246_822_507) ^ Math.imul(two ^ (two >>> 13), 3_266_489_909)
  two = Math.imul(two ^ (two >>> 16), 2_246_822_507) ^ Math.imul(one ^ (one >>> 13), 3_266_489_909)
  return [two, one]
}
