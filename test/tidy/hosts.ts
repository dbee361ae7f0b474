/** What an engine stands on (`engine.host`) is seen by few: others ask a port, so that storage can be another one. */
import type { Source } from "./Source.ts"
import type { Violation } from "./Violation.ts"

const spellings = /\bengine\.host\b|\{ host(?:: \{[^}]*\})? \}(?:: Engine\b|\s*=\s*[\w.#]*\bengine$)/

/** Lines that reach for the host of an engine outside of these folders. */
export const hostViolations = ({ lines, path }: Source, folders: ReadonlyArray<string>): ReadonlyArray<Violation> =>
  folders.some((it) => path.startsWith(it)) ? [] : lines.flatMap((text, at) =>
    spellings.test(text)
      ? [{
        file: path,
        line: at + 1,
        message: "reaches for engine.host. Ask src/view/RunSource.ts, or the engine's face."
      }]
      : []
  )
