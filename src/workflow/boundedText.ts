/** Texts of any length, cut to what may be recorded. Bounds are bytes of UTF-8, as files and sockets count. */
import { Buffer } from "node:buffer"

/** Bytes of a text as UTF-8. */
export const bytesOf = (text: string): number => Buffer.byteLength(text, "utf8")

/** Whether a text has more bytes than `limit`; counts them only when its length leaves that open. */
export const isLonger = (text: string, limit: number): boolean =>
  text.length > limit || text.length * 3 > limit && bytesOf(text) > limit

/**
 * The text within `limit` bytes, its mark included: `the beginning…
 * (1234 more bytes dropped)`. What is not Unicode becomes `\uFFFD`.
 */
export const boundedText = (text: string, limit: number): string => {
  if (!isLonger(text, limit)) return text.toWellFormed()
  const size = bytesOf(text)
  const room = limit - bytesOf(markOf(size))
  const kept = cut(text, room > 0 ? room : limit)
  return room > 0 ? kept + markOf(size - bytesOf(kept)) : kept
}

const markOf = (dropped: number): string => `… (${dropped} more bytes dropped)`

/** The longest beginning of a text with more than `limit` bytes that fits, in whole characters. */
const cut = (text: string, limit: number): string => {
  // One unit more than could fit: if a pair is torn here, its half lies beyond the bound.
  const bytes = Buffer.from(text.slice(0, limit + 1), "utf8")
  let end = limit
  // A byte 10xxxxxx goes on with a character that began before it.
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--
  return bytes.toString("utf8", 0, end)
}
