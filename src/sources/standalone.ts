/**
 * Programs that are one file without their sources: an executable, whose build has to say what it was made of. What it
 * says of its sources' places is where they were on the machine that built it, so they are never read. It may load
 * modules from the disk, which are told by their files like any others.
 */
import process from "node:process"

declare const PINNACE_BUILD: string | undefined

/** What a program says of itself. */
export interface Program {
  /** Whether it is an executable that holds its sources. */
  readonly isStandalone: boolean
  /** What its build was given as the digest of its sources. */
  readonly stamp: string | undefined
  /** Whether a file, as a stack names it, lies within the executable. */
  readonly holds: (file: string) => boolean
}

/** What its build was given as its own digest; undefined where it says nothing. */
const buildStamp = (): string | undefined => {
  if (typeof PINNACE_BUILD === "string" && PINNACE_BUILD !== "") return PINNACE_BUILD
  const stated = process.env["PINNACE_BUILD"]
  return stated === undefined || stated === "" ? undefined : stated
}

/** Where Bun keeps what is within an executable; one of Node names such files without a folder. */
const within = /^(?:file:\/\/)?(?:\/\$bunfs\/|\/?[A-Za-z]:[\\/]~BUN[\\/])/

/** The program that this is. */
export const thisProgram = (): Program => {
  const { Bun, Deno } = globalThis as {
    readonly Bun?: { readonly main?: string }
    readonly Deno?: { readonly build?: { readonly standalone?: boolean } }
  }
  const stamp = buildStamp()
  if (Bun !== undefined) {
    return { isStandalone: within.test(Bun.main ?? ""), stamp, holds: (file) => within.test(file) }
  }
  if (Deno !== undefined) {
    // What such an executable has within looks like files of the disk.
    const isStandalone = Deno.build?.standalone === true
    return { isStandalone, stamp, holds: () => isStandalone }
  }
  const sea = process.getBuiltinModule?.("node:sea") as { readonly isSea?: () => boolean } | undefined
  return { isStandalone: sea?.isSea?.() === true, stamp, holds: () => false }
}
