/** The events of a run over the wire: one after the other, however often the connection is lost. */
import { RunNotFound } from "../../engine/EngineError.ts"
import type { Recorded } from "../../run/Event.ts"
import { isPassing, Patience } from "./Patience.ts"
import type { Wire } from "./Wire.ts"

interface Line {
  readonly t: string
  readonly seq?: number
}

/** Events after a number, until the run has ended. */
export async function* followed(wire: Wire, id: string, after = 0): AsyncGenerator<Recorded, void> {
  const gone = new AbortController()
  let seq = after
  const patience = new Patience()
  try {
    for (;;) {
      try {
        for await (const line of linesOf(wire, id, seq, gone.signal)) {
          patience.renew()
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
      await patience.pause()
    }
  } finally {
    gone.abort()
  }
}

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
