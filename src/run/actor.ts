/** Who does something about runs, as whoever asks has said: a record, not a proof. */
import { type Fault, shown } from "../workflow/values.ts"

/** Who it is, as far as whoever asked has said. */
export interface Actor {
  /** The name of a person, a token or a program; default the user and the host, `ada@build-1`. */
  readonly name: string
  /** Through what it was asked. */
  readonly via: "library" | "command" | "server"
  /** The process of the system that asked; absent where another one asked through it. */
  readonly pid?: number
}

/** The most characters of a name: it is written with every deed. */
const longestName = 200

/** Somebody of a name, or as whoever asks says. */
export const toActor = (given: string | Actor): Actor => {
  const { name, pid, via }: Actor = typeof given === "string" ? { name: given, via: "library" } : given
  return { name: name.slice(0, longestName), via, ...(pid === undefined ? {} : { pid }) }
}

/** What is wrong with how somebody is named. */
export const actorFault = (given: unknown): Fault | undefined => {
  const { name, via }: Partial<Actor> = typeof given === "string"
    ? { name: given, via: "library" }
    : (given ?? {}) as Partial<Actor>
  const isGood = typeof name === "string" && name.trim() !== "" && ["library", "command", "server"].includes(via ?? "")
  return isGood ? undefined : { what: `is ${shown(given)}`, hint: 'Use a name, such as "ada@example.com"' }
}
