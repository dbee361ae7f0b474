/**
 * Which names nodes may have. Names become parts of paths, so the marks of the path grammar are not allowed in them.
 */

/** What is wrong with a name: its kind and a sentence. */
export interface NameFault {
  readonly code: "invalid-name" | "reserved-name"
  readonly message: string
  readonly hint: string
}

/** The longest name, in UTF-16 units. */
const NAME_MAX = 512

const RESERVED = new Set(["onExit", "hooks", "input", "__proto__"])
const MARKS = /[/[\]()#%\p{Cc}\p{Cs}]|^\.|\.(?=onExit|hooks\.|compensate)/u
const PLAIN = /^[\w-]+$/

/** The fault of a node's name, or `undefined`. */
export const nameFault = (name: string): NameFault | undefined => {
  if (RESERVED.has(name)) return reserved(name)
  if (PLAIN.test(name) && name.length <= NAME_MAX) return undefined
  if (name === "") return invalid("A node has an empty name")
  if (name.length > NAME_MAX) {
    return invalid(`The name "${name.slice(0, 40)}…" has ${name.length} characters, ${NAME_MAX} is the most`)
  }
  if (MARKS.test(name)) return invalid(`The name ${JSON.stringify(name)} has a character that paths use`)
  return undefined
}

const invalid = (message: string): NameFault => ({
  code: "invalid-name",
  message,
  hint: "Use letters, digits, spaces, - and _; not / [ ] ( ) # %, and no dot at the start"
})

const reserved = (name: string): NameFault => ({
  code: "reserved-name",
  message: `The name "${name}" is reserved`,
  hint: "Choose another name"
})
