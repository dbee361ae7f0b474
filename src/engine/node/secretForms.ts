/** The forms in which a secret may stand in a text. Pure. */
import { Buffer } from "node:buffer"

/** Shorter ones are too common to be looked for. */
const shortest = 4

/** All forms of a clear value, the longest first, so that none leaves a part of another. */
export const secretForms = (value: string): ReadonlyArray<string> => {
  const forms = new Set([value, ...linesOf(value)].flatMap(formsOf))
  return [...forms].filter((form) => form.length >= shortest).toSorted((a, b) => b.length - a.length)
}

/** The lines of a key or certificate; whoever prints one may print each of them alone. */
const linesOf = (value: string): ReadonlyArray<string> => {
  const lines = value.split(/\r?\n/)
  return lines.length < 2 ? [] : lines.filter((line) => line.length >= 8 && !line.startsWith("-----"))
}

const formsOf = (value: string): ReadonlyArray<string> => {
  if (value.length < shortest) return []
  return [
    ...quoted(value),
    ...inUrls(value.toWellFormed()),
    ...inBase64(value),
    ...inHex(value)
  ]
}

/** How often one text may be quoted within another: an error's JSON in a log line that a console prints. */
const levels = 3

const quoted = (value: string): ReadonlyArray<string> => {
  const all = new Set([value])
  for (let level = 0; level < levels; level++) {
    for (const text of [...all]) for (const quote of [inJson, inAscii, inDouble, inSingle]) all.add(quote(text))
  }
  return [...all]
}

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1)

/** What languages write that keep JSON within ASCII. */
const inAscii = (text: string): string =>
  inJson(text).replace(/[^\0-\x7f]/g, (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, "0")}`)

/** A text as consoles print it within quotes that it does not have itself. */
const inDouble = (text: string): string =>
  inJson(text).replaceAll('\\"', '"').replace(/\\u00(..)/g, (_, code: string) => `\\x${code.toUpperCase()}`)

/** As consoles print it within single quotes. */
const inSingle = (text: string): string => inDouble(text).replaceAll("'", "\\'")

const inUrls = (text: string): ReadonlyArray<string> => {
  const strict = encodeURIComponent(text)
  const all = [
    strict,
    strict.replaceAll("%20", "+"),
    encodeURI(text),
    new URLSearchParams([["", text]]).toString().slice(1)
  ]
  return all.flatMap((it) => [it, it.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())])
}

/**
 * By itself, and within a longer text, where it may begin at
 * any of three places; what its neighbours share is left out.
 */
const inBase64 = (text: string): ReadonlyArray<string> => {
  const bytes = Buffer.from(text)
  const within = [0, 1, 2].map((before) =>
    Buffer.concat([Buffer.alloc(before), bytes]).toString("base64")
      .slice(Math.ceil(before * 8 / 6), Math.floor((before + bytes.length) * 8 / 6))
  )
  const whole = bytes.toString("base64").replace(/=+$/, "")
  return [whole, ...within].filter((it) => it.length >= 6)
    .flatMap((it) => [it, it.replaceAll("+", "-").replaceAll("/", "_")])
}

const inHex = (text: string): ReadonlyArray<string> => {
  const hex = Buffer.from(text).toString("hex")
  return [hex, hex.toUpperCase()]
}
