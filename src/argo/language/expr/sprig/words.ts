/** Words and lines as the libraries behind Sprig see them: xstrings for cases, goutils for widths. Pure. */

const word = /\p{N}+(?:\p{Lu}+(?!\p{Ll})|\p{Ll}*)|\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{L}|[_ -]|[^]/gu

/** Words in small letters, joined where no connector stands between them; each connector becomes `by`. */
export const joinedWords = (value: string, by: string): string => {
  let [made, previous] = ["", "_"]
  for (const [part] of value.matchAll(word)) {
    const isConnector = /^[_ -]$/.test(part)
    const joins = !isConnector && /^[\p{L}\p{N}]/u.test(part) && /[\p{L}\p{N}]$/u.test(previous)
    made += isConnector ? by : (joins ? by : "") + part.toLowerCase()
    previous = part
  }
  return made
}

/** Words with a capital each; connectors between words go, but one of several stays, and those around all do. */
export const camelCase = (value: string): string => {
  const [, before, inner, after] = /^([_ -]*)([^]*?)([_ -]*)$/.exec(value)!
  const middle = inner!.replace(/[_ -]+/g, (run) => run.length === 1 ? "\0" : `\0${run.slice(1)}\0`)
  const words = joinedWords(middle.replaceAll("\0", "_"), "\0").split("\0")
  return before! + words.map((it) => it.charAt(0).toUpperCase() + it.slice(1)).map((it) => it === "" ? "_" : it)
    .join("").replace(/_(?=_)/g, "") +
    after!
}

/** At most `width` characters, the last three dots when something is left out. */
export const abbreviated = (value: string, width: number): string =>
  width < 4 || value.length <= width ? value : `${value.slice(0, width - 3)}...`

/** The part that begins around `offset`, with dots on either side. */
export const abbreviatedFull = (value: string, offset: number, width: number): string => {
  if (width < 4 || (offset > 0 && width < 7) || value.length <= width) return value
  const room = width - 3
  const start = Math.min(offset, value.length, value.length < offset + room ? value.length - room : Infinity)
  if (start <= 4) return `${value.slice(0, room)}...`
  return start + room < value.length
    ? `...${abbreviated(value.slice(start), room)}`
    : `...${value.slice(value.length - room)}`
}

/** Lines of at most `width` characters, broken at spaces; longer words are broken only if `long`. */
export const wrapped = (value: string, width: number, by: string, long: boolean): string => {
  const size = Math.max(1, width)
  let [made, at] = ["", 0]
  while (value.length - at > size) {
    if (value[at] === " ") {
      at++
      continue
    }
    const space = value.lastIndexOf(" ", at + size)
    const next = space >= at ? space : long ? at + size : value.indexOf(" ", at + size)
    if (next < 0) break
    made += value.slice(at, next) + by
    at = next + (value[next] === " " && (space >= at || !long) ? 1 : 0)
  }
  return made + value.slice(at)
}
