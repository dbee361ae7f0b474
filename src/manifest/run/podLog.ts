/** What a process prints, as lines of its node's log. */
import type { LiveNode } from "../../engine/Live.ts"
import { makeLog } from "../../engine/node/log.ts"

/** Takes output as it comes and logs it line by line: stderr as warnings. */
export const logOutput = (live: LiveNode): (stream: "stdout" | "stderr", text: string) => void => {
  const log = makeLog(live, 1)
  return lines((stream, line) => stream === "stderr" ? log.warn(line) : log.info(line))
}

/** Output as whole lines. */
const lines = (each: (stream: "stdout" | "stderr", line: string) => void) => {
  const rest = { stdout: "", stderr: "" }
  return (stream: "stdout" | "stderr", text: string): void => {
    const [last = "", ...whole] = `${rest[stream]}${text}`.split("\n").reverse()
    for (const line of whole.reverse()) each(stream, line)
    rest[stream] = last.length > 16_384 ? "" : last
    if (last.length > 16_384) each(stream, last)
  }
}
