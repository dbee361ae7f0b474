/** A stream of bytes as the files and directories that were packed. */
import { resolve } from "node:path"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Unpacked, UnpackOptions } from "../../artifact/Archive.ts"
import type { ArtifactError } from "../../artifact/ArtifactError.ts"
import { Intake } from "./Intake.ts"
import { Unpacking } from "./Unpacking.ts"

/**
 * Unpacks an archive so that `destination`, which must not exist,
 * becomes what was packed, or what an archive of several entries holds.
 * It appears as a whole or not at all. Entries that try to leave it, come twice, or are not files, directories or links
 * fail as `Unsafe` with their name; bounds that are passed as `TooLarge`; damaged and truncated archives as `Corrupt`.
 */
export const unpack = <E, R>(
  content: Stream.Stream<Uint8Array, E, R>,
  destination: string,
  options: UnpackOptions = {}
): Effect.Effect<Unpacked, ArtifactError | E, R> => {
  const work = new Unpacking(resolve(destination), options)
  return Effect.acquireUseRelease(
    Effect.tryPromise({ try: () => work.begin(), catch: work.onError }),
    () => take(content, work),
    () => Effect.promise(() => work.end())
  )
}

const take = <E, R>(
  content: Stream.Stream<Uint8Array, E, R>,
  work: Unpacking
): Effect.Effect<Unpacked, ArtifactError | E, R> =>
  Effect.suspend(() => {
    const intake = new Intake()
    const done = work.run(intake).finally(() => intake.stop(early))
    done.catch(() => {})
    const feed = Stream.runForEach(content, (chunk) => Effect.promise(() => intake.write(chunk).catch(() => {})))
    return feed.pipe(
      Effect.andThen(Effect.sync(() => intake.end())),
      // An archive that has failed needs no more bytes.
      Effect.raceFirst(Effect.flatMap(Effect.tryPromise({ try: () => done, catch: work.onError }), () => Effect.never)),
      Effect.andThen(Effect.tryPromise({ try: () => done, catch: work.onError })),
      Effect.ensuring(Effect.promise(() => (intake.stop(early), done.then(() => {}, () => {}))))
    )
  })

const early = new Error("the archive is read no further")
