/** The events of a run over the wire: one after the other, however often the connection is lost. */
import { RunNotFound } from "../../engine/EngineError.ts"
import type { Recorded } from "../../run/Event.ts"
import { ServerError, type Wire } from "./Wire.ts"

interface Line {
  readonly t: string
  readonly seq?: number
}

/** The first and the longest pause before a lost connection is made again, in milliseconds. */
const pauses = { first: 200, longest: 10_000 }

/** Events after a number, until the run has ended. */
export async function* followed(wire: Wire, id: string, after = 0): AsyncGenerator<Recorded, void> {
  const gone = new AbortController()
  let seq = after
  let pause = pauses.first
  try {
    for (;;) {
      try {
        for await (const line of linesOf(wire, id, seq, gone.signal)) {
          pause = pauses.first
          if (line.t === "end") return
          if (line.t === "gone") throw RunNotFound.of(id)
          // What was left out is asked for again.
          if (line.t === "gap" || line.t === "closed") break
          if (line.t !== "e") continue
          seq = line.seq!
          const { t: _, ...recorded } = line
          yield recorded as unknown as Recorded
        }
      } catch (error) {
        if (!isPassing(error)) throw error
      }
      await new Promise((resolve) => setTimeout(resolve, pause))
      pause = Math.min(pause * 2, pauses.longest)
    }
  } finally {
    gone.abort()
  }
}

/** Whether it may be otherwise the next time: the server could not be reached, or had no room. */
const isPassing = (error: unknown): boolean =>
  error instanceof ServerError
    ? error.status === 0 || error.status === 503
    : error instanceof TypeError || (error as { readonly name?: unknown }).name === "AbortError"

async function* linesOf(wire: Wire, id: string, after: number, signal: AbortSignal): AsyncGenerator<Line, void> {
  const { body } = await wire.send("GET", "/stream", { query: { runs: `${id}:${after}` }, signal })
  const reader = body!.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ""
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const parts = `${rest}${next.value}`.split("\n")
      rest = parts.pop()!
      for (const part of parts) if (part !== "") yield JSON.parse(part) as Line
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}
