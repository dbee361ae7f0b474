/** A store of artifacts as a command line names it: `s3://BUCKET/PREFIX?region=…&endpoint=…`, or a folder. */
import type { ArtifactStore } from "../../artifact/Store.ts"
import { Usage } from "../Usage.ts"

const settings: ReadonlyArray<string> = ["region", "endpoint"]

/** What an address has that no store can be made of, and what to write in its place. */
const faultOf = ({ pathname, port }: URL): string | undefined => {
  if (port !== "") return "write ?endpoint=… for the port"
  try {
    decodeURIComponent(pathname)
    return undefined
  } catch {
    return "write %25 for %"
  }
}

/** The same text, where it can name a store. Throws `Usage`. */
export const storeText = (text: string | undefined): string | undefined => {
  if (text === undefined || !text.includes("://")) return text
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isKnown = url?.protocol === "s3:" && url.host !== "" && url.username === "" && url.password === "" &&
    url.hash === "" &&
    [...url.searchParams.keys()].every((it) => settings.includes(it))
  if (!isKnown) throw new Usage(`--store ${text}: write s3://BUCKET/PREFIX, with ?region=… and &endpoint=… if needed`)
  const fault = faultOf(url!)
  if (fault !== undefined) throw new Usage(`--store ${text}: ${fault}`)
  return text
}

/** The store that such a text names. */
export const openStore = async (text: string): Promise<ArtifactStore> => {
  if (!text.startsWith("s3://")) return (await import("../../store/mod.ts")).diskStore(text)
  const { host, pathname, searchParams } = new URL(text)
  const path = decodeURIComponent(pathname).replace(/^\/+|\/+$/g, "")
  const { s3Store } = await import("../../store/s3/mod.ts")
  return s3Store({
    bucket: host,
    ...path === "" ? {} : { prefix: `${path}/` },
    ...Object.fromEntries(settings.flatMap((name) => searchParams.has(name) ? [[name, searchParams.get(name)!]] : []))
  })
}
