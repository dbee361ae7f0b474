/** What a process prints, as lines of its node's log. */
import * as Effect from "effect/Effect"
import type { LiveNode } from "../../../engine/Interpreter.ts"
import { makeLog } from "../../../engine/Interpreter.ts"

/** Takes a piece of output. */
export type TakeOutput = (stream: "stdout" | "stderr", text: string) => void

/**
 * Runs what prints; its output is logged as it comes, line by
 * line, stderr as warnings, also a last line that nothing ends.
 */
export const logged = <A, E>(
  live: LiveNode,
  run: (take: TakeOutput) => Effect.Effect<A, E>
): Effect.Effect<A, E> =>
  Effect.suspend(() => {
    const log = makeLog(live, 1)
    const { end, take } = lines((stream, line) => stream === "stderr" ? log.warn(line) : log.info(line))
    return Effect.ensuring(run(take), Effect.sync(end))
  })

/** The longest part of a line that is kept back until the line ends. */
const longest = 16_384

/** Output as whole lines. */
const lines = (each: TakeOutput): { readonly take: TakeOutput; readonly end: () => void } => {
  const rest = { stdout: "", stderr: "" }
  const flush = (stream: "stdout" | "stderr"): void => {
    const line = rest[stream]
    rest[stream] = ""
    if (line !== "") each(stream, line)
  }
  return {
    take: (stream, text) => {
      const [last = "", ...whole] = `${rest[stream]}${text}`.split("\n").reverse()
      for (const line of whole.reverse()) each(stream, line)
      rest[stream] = last
      if (last.length > longest) flush(stream)
    },
    end: () => {
      flush("stdout")
      flush("stderr")
    }
  }
}
