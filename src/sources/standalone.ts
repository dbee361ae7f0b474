/**
 * Programs that are one file without their sources: an executable, whose build has to say what it was made of. What it
 * says of its sources' places is where they were on the machine that built it, so they are never read.
 */
import process from "node:process"

declare const PINNACE_BUILD: string | undefined

/** What the build was given as its own digest; undefined where it says nothing. */
export const buildStamp = (): string | undefined => {
  if (typeof PINNACE_BUILD === "string" && PINNACE_BUILD !== "") return PINNACE_BUILD
  const stated = process.env["PINNACE_BUILD"]
  return stated === undefined || stated === "" ? undefined : stated
}

/** Whether this program is an executable that holds its sources. */
export const isStandalone = (): boolean => {
  const { Bun, Deno } = globalThis as {
    readonly Bun?: { readonly main?: string }
    readonly Deno?: { readonly build?: { readonly standalone?: boolean } }
  }
  if (Bun !== undefined) return /^(?:\/\$bunfs\/|[A-Za-z]:[\\/]~BUN[\\/])/.test(Bun.main ?? "")
  if (Deno !== undefined) return Deno.build?.standalone === true
  const sea = process.getBuiltinModule?.("node:sea") as { readonly isSea?: () => boolean } | undefined
  return sea?.isSea?.() === true
}
