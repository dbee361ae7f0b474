/** What is counted while bytes pass: their number and their SHA-256. */
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { ArtifactError } from "./ArtifactError.ts"

/** The sum of the bytes that have passed. */
export class Digest {
  readonly #hash = createHash("sha256")
  #size = 0

  /** Adds bytes. */
  add(bytes: Uint8Array): void {
    this.#size += bytes.length
    this.#hash.update(bytes)
  }

  /** Bytes so far. */
  get size(): number {
    return this.#size
  }

  /** The SHA-256 in lower-case hexadecimal; nothing can be added afterwards. */
  sha256(): string {
    return this.#hash.digest("hex")
  }
}

/** Passes a stream on and adds its bytes to a digest; what `atEnd` answers after the last byte fails the stream. */
export const digested = <E, R>(
  content: Stream.Stream<Uint8Array, E, R>,
  digest: Digest,
  atEnd: () => ArtifactError | undefined
): Stream.Stream<Uint8Array, E | ArtifactError, R> =>
  Stream.concat(
    Stream.mapArray(content, (chunks) => (chunks.forEach((it) => digest.add(it)), chunks)),
    Stream.fromEffectDrain(Effect.suspend(() => {
      const error = atEnd()
      return error === undefined ? Effect.void : Effect.fail(error)
    }))
  )

/**
 * Passes a stream on and fails at its end when the bytes were
 * not those expected; an expectation left out is not checked.
 */
export const verified = <E, R>(
  content: Stream.Stream<Uint8Array, E, R>,
  expected: { readonly size?: number; readonly sha256?: string },
  corrupt: (cause: string) => ArtifactError
): Stream.Stream<Uint8Array, E | ArtifactError, R> =>
  Stream.suspend(() => {
    const digest = new Digest()
    return digested(content, digest, () => {
      if (expected.size !== undefined && expected.size !== digest.size) {
        return corrupt(`${digest.size} bytes came instead of ${expected.size}`)
      }
      if (expected.sha256 === undefined || expected.sha256 === digest.sha256()) return undefined
      return corrupt("the SHA-256 of the bytes is not the recorded one")
    })
  })
