/** Random changes of an archive: of values in its JSON, of its lines, of its bytes, of its entries. */
import type { Random } from "../../run/random.ts"
import { type Crate, textOf } from "./Crate.ts"

const deep = (depth: number): string => "[".repeat(depth) + "]".repeat(depth)

/** JSON texts that decoders, columns or printers may choke on. */
const odd: ReadonlyArray<string> = [
  "null",
  "-1",
  "0",
  "1.5",
  "1e308",
  "-0",
  "9007199254740993",
  '""',
  '"\\u0000"',
  '"\\ud800"',
  '"../../etc/passwd"',
  '"__proto__"',
  "[]",
  "{}",
  '{"__proto__":{"x":1}}',
  "true",
  '"Succeeded"',
  '"Running"',
  deep(900),
  deep(5_000),
  deep(200_000),
  JSON.stringify("x".repeat(100_000))
]

/** Where values begin and end in a JSON text: scalars and keys are enough, all that surrounds them stays as it was. */
const values = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null/g

const changeValue = (text: string, random: Random): string => {
  const found = [...text.matchAll(values)]
  if (found.length === 0) return random.pick(odd)
  const { 0: old, index } = random.pick(found)
  return text.slice(0, index) + random.pick(odd) + text.slice(index + old.length)
}

const changeLines = (text: string, random: Random): string => {
  const lines = text.split("\n")
  const at = random.below(lines.length)
  const other = random.below(lines.length)
  const line = lines[at]!
  switch (random.below(4)) {
    case 0:
      lines.splice(other, 0, line)
      break
    case 1:
      lines.splice(at, 1)
      break
    case 2:
      lines[at] = lines[other]!
      lines[other] = line
      break
    default:
      lines[at] = random.pick(["", "null", "{", "[]", deep(200_000), line.slice(0, random.below(line.length + 1))])
  }
  return lines.join("\n")
}

const changeBytes = (text: string, random: Random): Uint8Array => {
  const bytes = new TextEncoder().encode(text)
  if (bytes.length > 0) bytes[random.below(bytes.length)] = random.below(256)
  return random.chance(0.3) ? bytes.slice(0, random.below(bytes.length + 1)) : bytes
}

const link = (name: string, target: string) => ({
  header: { name, size: 0, type: "symlink" as const, linkname: target, mode: 0o777 }
})

const changeEntries = (crate: Crate, name: string, random: Random): void => {
  const it = crate.get(name)!
  switch (random.below(5)) {
    case 0:
      return void crate.delete(name)
    case 1:
      crate.delete(name)
      return void crate.set(random.pick(["../escaped", "/tmp/escaped", "run/a\0b", "run/x/../../y", "run"]), it)
    case 2:
      return void crate.set(name, link(name, random.pick(["run.json", "/etc/passwd", "../..", "events.ndjson"])))
    case 3:
      return void crate.set(name, { header: { name: `${name}/`, size: 0, type: "directory", mode: 0o755 } })
    default:
      return void crate.set(`run/${random.pick(["more", "artifacts/7", "artifacts/0/in"])}`, it)
  }
}

/** The archive with one or three changes, and what was changed. */
export const mutated = (good: Crate, random: Random): { readonly crate: Crate; readonly changed: string } => {
  const crate: Crate = new Map(good)
  const changed: Array<string> = []
  for (let n = random.chance(0.7) ? 1 : 3; n > 0; n--) {
    const name = random.pick([...crate.keys()])
    const how = random.below(6)
    changed.push(`${name} ${how}`)
    if (how === 5) changeEntries(crate, name, random)
    else if (typeof crate.get(name) === "string" || crate.get(name) instanceof Uint8Array) {
      const text = textOf(crate, name)
      const change = how < 3 ? changeValue : how === 3 ? changeLines : changeBytes
      crate.set(name, change(text, random))
    }
  }
  return { crate, changed: changed.join(", ") }
}
