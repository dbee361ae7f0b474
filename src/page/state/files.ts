/** Files of the server in the hands of the browser. */
import { getFile, pageUrl, send } from "../api/connection.ts"

/** Saves what the server has at a path of its API. Throws `Problem`. */
export const download = async (path: string, name: string): Promise<void> => {
  const file = await (await getFile(path)).blob()
  const link = document.createElement("a")
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

/** A link to an artifact that needs no token, for one minute. Throws `Problem`. */
export const ticketFor = async (artifact: string, flags = ""): Promise<string> => {
  const { url } = await send<{ readonly url: string }>(
    "POST",
    `/artifacts/${encodeURIComponent(artifact)}/ticket${flags}`
  )
  return pageUrl(url)
}

/** The bytes of an artifact from one place up to another. Throws `Problem`. */
export const rangeOf = async (artifact: string, from: number, to: number): Promise<Uint8Array<ArrayBuffer>> => {
  const path = `/artifacts/${encodeURIComponent(artifact)}/bytes`
  return new Uint8Array(await (await getFile(path, { range: `bytes=${from}-${to - 1}` })).arrayBuffer())
}
