/**
 * The fields of a line of a log, for programs that look for them: plain values, secrets hidden, within bounds. What
 * cannot be kept is left out; the text of the line has it as far as it can be shown.
 */
import type { Json } from "../../run/Event.ts"
import { boundedText } from "../../workflow/boundedText.ts"
import type { Mask } from "./Mask.ts"

/** Named values that are said beside a text. */
export type LogFields = Readonly<Record<string, unknown>>

/** The most characters of all fields of a line, of one text in them, and of a name. */
const most = { all: 4_096, text: 1_024, name: 128 } as const
/** Longer ones are cut before secrets are looked for. */
const longest = 16_384
/** The most values of a line, and how deep they lie. */
const mostValues = 256
const deepest = 6

/** Whether a value is an object of named values and not an instance of a class. */
export const isFields = (value: unknown): value is LogFields => {
  if (typeof value !== "object" || value === null) return false
  const prototype = attempted((): unknown => Object.getPrototypeOf(value))
  return prototype === Object.prototype || prototype === null
}

/** Fields as the text of a JSON object, later ones over earlier ones; `undefined` where nothing can be kept. */
export const fieldsText = (layers: ReadonlyArray<LogFields>, mask: Mask): string | undefined => {
  const kept = new Kept(mask)
  const parts: Array<string> = []
  let length = 2
  for (const [name, fields] of namesOf(layers)) {
    const part = attempted(() => kept.part(name, fields[name]))
    if (part === undefined || length + part.length >= most.all) continue
    parts.push(part)
    length += part.length + 1
  }
  return parts.length === 0 ? undefined : `{${parts.join()}}`
}

/** Names with the fields that they are taken from; values are not looked at, since a getter may do anything. */
const namesOf = (layers: ReadonlyArray<LogFields>): ReadonlyMap<string, LogFields> => {
  const found = new Map<string, LogFields>()
  for (const fields of layers) {
    for (const name of attempted(() => Object.keys(fields)) ?? []) found.set(name, fields)
  }
  return found
}

/** Whatever a getter or `toJSON` of the app throws: a line must not fail the work it is about. */
export const attempted = <A>(look: () => A): A | undefined => {
  try {
    return look()
  } catch {
    return undefined
  }
}

/** Copies values, within bounds. */
class Kept {
  readonly #mask: Mask
  #room = mostValues

  constructor(mask: Mask) {
    this.#mask = mask
  }

  part(name: string, value: unknown): string | undefined {
    const kept = this.#plain(value, 0)
    return kept === undefined ? undefined : `${JSON.stringify(this.#text(name, most.name))}:${JSON.stringify(kept)}`
  }

  #text(text: string, limit: number): string {
    return boundedText(this.#mask.hide(text.slice(0, longest)), limit)
  }

  #plain(value: unknown, depth: number): Json | undefined {
    if (this.#room-- <= 0) return undefined
    if (typeof value === "string") return this.#text(value, most.text)
    if (typeof value === "number" && Number.isFinite(value)) return this.#mask.hideIn(value)
    if (typeof value === "bigint" || typeof value === "number") return this.#text(String(value), most.text)
    if (typeof value === "boolean" || value === null) return value
    return typeof value === "object" && depth < deepest ? this.#within(value, depth + 1) : undefined
  }

  #within(value: object, depth: number): Json | undefined {
    if (value instanceof Error) return this.#text(`${value.name}: ${value.message}`, most.text)
    if (ArrayBuffer.isView(value)) return undefined
    if (Array.isArray(value)) return this.#items(value, depth)
    if ("toJSON" in value && typeof value.toJSON === "function") return this.#plain(value.toJSON(), depth)
    return isFields(value) ? this.#named(value, depth) : undefined
  }

  #items(values: ReadonlyArray<unknown>, depth: number): Json {
    const kept: Array<Json> = []
    for (let at = 0; at < values.length && this.#room > 0; at++) kept.push(this.#plain(values[at], depth) ?? null)
    return kept
  }

  #named(fields: LogFields, depth: number): Json {
    const kept: Array<readonly [string, Json]> = []
    for (const name in fields) {
      if (this.#room <= 0) break
      const value = attempted(() => this.#plain(fields[name], depth))
      if (value !== undefined) kept.push([this.#text(name, most.name), value])
    }
    return Object.fromEntries(kept)
  }
}
