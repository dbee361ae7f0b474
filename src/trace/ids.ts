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

/** The span of a run itself. */
export const runPlace: SpanPlace = { path: "", attempt: 0, rerun: 0 }

/**
 * The ids of the spans of a run in one trace, which may hold many runs: 16 hexadecimal digits each, never all zero.
 * What they have in common is mixed once.
 */
export class SpanIds {
  readonly traceId: string
  /** That of the run itself, beneath which most nodes lie. */
  readonly run: string
  readonly #one: number
  readonly #two: number

  constructor(traceId: string, scope: string) {
    const { one, two } = added(`${traceId}/${scope}/`, 0xdeadbeef, 0x41c6ce57)
    this.traceId = traceId
    this.#one = one
    this.#two = two
    this.run = this.of(runPlace)
  }

  /** The id of one of its spans. */
  of({ attempt, path, rerun }: SpanPlace): string {
    const start = added(path, this.#one, this.#two)
    const { one, two } = added(attempt + rerun === 0 ? "/0/0" : `/${attempt}/${rerun}`, start.one, start.two)
    const low = Math.imul(one ^ (one >>> 16), 2_246_822_507) ^ Math.imul(two ^ (two >>> 13), 3_266_489_909)
    const high = Math.imul(two ^ (two >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909)
    return digits(high) + digits(low || 1)
  }
}

const octets = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, "0"))

const digits = (word: number): string =>
  octets[word >>> 24]! + octets[word >>> 16 & 255]! + octets[word >>> 8 & 255]! + octets[word & 255]!

/** 64 bits of a text, well spread, after those of the text before it; no secret depends on them. */
const added = (text: string, one: number, two: number) => {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    one = Math.imul(one ^ unit, 2_654_435_761)
    two = Math.imul(two ^ unit, 1_597_334_677)
  }
  return { one, two }
}
