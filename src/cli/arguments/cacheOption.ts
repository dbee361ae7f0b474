/** Whether a run reuses results. */
import { type CacheMode, cacheModes } from "../../run/cacheMode.ts"
import { Usage } from "../Usage.ts"
import type { Flags, Option } from "../Verb.ts"

/** The option. */
export const cacheOption: Option = {
  type: "string",
  value: cacheModes.join("|"),
  about: "Whether results are reused: refresh computes them anew"
}

/** What it says. Throws Usage. */
export const cacheOf = (flags: Flags): { readonly cache?: CacheMode } => {
  const text = flags.text("cache")
  if (text === undefined) return {}
  const cache = cacheModes.find((it) => it === text)
  if (cache === undefined) throw new Usage(`--cache ${text}: choose ${cacheModes.join(", ")}`)
  return { cache }
}
