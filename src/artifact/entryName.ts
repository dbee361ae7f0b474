/**
 * Which names an archive entry may have; the same when packing
 * and when unpacking, so that what was packed can be unpacked.
 */

/** How deep entries may be nested. */
const entryDepth = 128
/** Bytes of one name, and of a whole path: the bounds of Linux. */
const nameBytes = 255
const pathBytes = 4_096 - 256

const encoder = new TextEncoder()

/**
 * The segments of an entry's name, without `.` and the final `/`; or what is wrong with it, as the rest of a sentence.
 */
export const parseEntryName = (
  name: string
): { readonly segments: ReadonlyArray<string>; readonly problem?: undefined } | { readonly problem: string } => {
  if (name === "") return { problem: "has no name" }
  if (name.includes("\0")) return { problem: "holds a NUL" }
  if (name.includes("\\")) return { problem: "holds a backslash" }
  if (name.startsWith("/") || /^[A-Za-z]:/.test(name)) return { problem: "is absolute" }
  if (encoder.encode(name).length > pathBytes) return { problem: `is longer than ${pathBytes} bytes` }
  const segments = name.split("/").filter((it) => it !== "" && it !== ".")
  if (segments.includes("..")) return { problem: "leaves the directory" }
  if (segments.length > entryDepth) return { problem: `is nested more than ${entryDepth} deep` }
  if (segments.some((it) => encoder.encode(it).length > nameBytes)) {
    return { problem: `has a name of over ${nameBytes} bytes` }
  }
  return { segments }
}
