/** Which part of a file is asked for. */

/** Bytes from `start` up to and without `end`. */
export interface Part {
  readonly start: number
  readonly end: number
}

/** The part that a `Range` header names; `undefined` for the whole, `bad` for one that the file does not have. */
export const rangeOf = (header: string | null, size: number): Part | undefined | "bad" => {
  const found = /^bytes=(\d*)-(\d*)$/.exec(header ?? "")
  // Several parts, or none that can be read: the whole is a fair answer.
  if (found === null || found[1] === "" && found[2] === "") return undefined
  if (found[1] === "") {
    const last = Math.min(Number(found[2]), size)
    return last === 0 ? "bad" : { start: size - last, end: size }
  }
  const start = Number(found[1])
  const end = found[2] === "" ? size : Math.min(Number(found[2]) + 1, size)
  return start >= size || end <= start ? "bad" : { start, end }
}
