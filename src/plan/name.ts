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

// Comparing against more names than this would cost more than the hint is worth.
const COMPARED_MAX = 2_000

/** The known name that is most like a wrong one, or `undefined` when none is like it. */
export const nearest = (wrong: string, names: Iterable<string>): string | undefined => {
  let best: string | undefined
  let least = Math.max(2, Math.floor(wrong.length / 3)) + 1
  let compared = 0
  for (const name of names) {
    if (++compared > COMPARED_MAX) break
    if (Math.abs(name.length - wrong.length) >= least || name.length > 64) continue
    const steps = distance(wrong.toLowerCase(), name.toLowerCase())
    if (steps < least || (steps === least && best !== undefined && name < best)) [best, least] = [name, steps]
  }
  return best
}

/** How many characters to add, drop or replace to get from one text to the other. */
const distance = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[to.length]!
}
