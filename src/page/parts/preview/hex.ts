/** Bytes as numbers and letters. Pure. */

/** The first bytes. */
export const hex = (bytes: Uint8Array): string => {
  const lines: Array<string> = []
  for (let at = 0; at < Math.min(bytes.length, 4_096); at += 16) {
    const part = [...bytes.subarray(at, at + 16)]
    const letters = part.map((it) => it >= 32 && it < 127 ? String.fromCharCode(it) : "·").join("")
    lines.push(
      `${at.toString(16).padStart(6, "0")}  ${
        part.map((it) => it.toString(16).padStart(2, "0")).join(" ").padEnd(48)
      } ${letters}`
    )
  }
  return lines.join("\n")
}
