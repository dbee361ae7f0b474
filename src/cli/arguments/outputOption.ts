/** The option `-o`. */
import { Usage } from "../Usage.ts"
import type { Call, Option } from "../Verb.ts"

/** The option with the formats a verb knows. */
export const outputOption = (formats: ReadonlyArray<string>): Option => ({
  type: "string",
  short: "o",
  value: formats.join("|"),
  about: "The format of what is printed"
})

/** The chosen format; `undefined` when none was. Throws Usage for one that the verb does not know. */
export const outputOf = <F extends string>({ flags }: Call, formats: ReadonlyArray<F>): F | undefined => {
  const asked = flags.text("output")
  if (asked === undefined) return undefined
  const known = formats.find((it) => it === asked)
  if (known === undefined) throw new Usage(`-o ${asked}: choose ${formats.join(", ")}`)
  return known
}
