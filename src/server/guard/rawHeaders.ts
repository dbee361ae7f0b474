/**
 * What the heads of requests may not hold, seen before a runtime has merged or dropped anything: two readers of one
 * request must agree.
 */

const single = new Set(["host", "authorization", "content-length", "transfer-encoding", "origin", "sec-fetch-site"])

/** Why a head is refused; names and values alternate as they came. `undefined` when it is not. */
export const rawHeadersFault = (raw: ReadonlyArray<string>): string | undefined => {
  const seen = new Set<string>()
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at]!.toLowerCase()
    if (seen.has(name) && single.has(name)) return `The header ${name} was sent twice`
    seen.add(name)
    if (name === "transfer-encoding" && !/^chunked$/i.test(raw[at + 1]!.trim())) {
      return "A body comes as it is, or with transfer-encoding chunked and nothing else"
    }
  }
  if (!seen.has("host")) return "The header host is missing"
  if (seen.has("content-length") && seen.has("transfer-encoding")) {
    return "A body has either content-length or transfer-encoding"
  }
  return undefined
}
