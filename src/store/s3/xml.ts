/** The little XML that S3 speaks: flat records, no attributes that matter. */
import { own } from "../../workflow/own.ts"

/** The contents of every element of this name, in order, as they stand. */
export const elements = (xml: string, name: string): ReadonlyArray<string> =>
  xml.split(`</${name}>`).slice(0, -1).flatMap((before) => {
    // Of what stands before an end the first beginning counts, so the text is looked through once.
    const found = new RegExp(`<${name}(?:\\s[^<>]*)?>`).exec(before)
    return found === null ? [] : [before.slice(found.index + found[0].length)]
  })

/** The text of the first element of this name; undefined when there is none or it is empty. */
export const text = (xml: string, name: string): string | undefined => {
  const [content] = elements(xml, name)
  return content === undefined || content === "" ? undefined : unescape(content)
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" }

const unescape = (content: string): string =>
  content.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
    return decimal !== undefined ? String.fromCodePoint(Number(decimal)) : own(entities, name) ?? whole
  })

/** Text inside an element. */
export const escape = (content: string): string =>
  content.replace(/[&<>"']/g, (it) => `&${Object.keys(entities).find((name) => entities[name] === it)};`)

/** A key as listed with `encoding-type=url`, where the server has followed that wish. */
export const listedKey = (content: string, encoded: boolean): string =>
  encoded ? decodeURIComponent(content.replaceAll("+", " ")) : content
