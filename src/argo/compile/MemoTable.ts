/** Results that later nodes may reuse: the stand-in for Argo's cache ConfigMaps, one file per cache. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Outputs } from "../values/Result.ts"

/** A remembered result. */
export interface MemoEntry {
  readonly outputs: Outputs
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

/** Remembers results by cache and key. */
export interface MemoTable {
  readonly read: (cache: string, key: string) => MemoEntry | undefined
  readonly write: (cache: string, key: string, entry: MemoEntry) => void
}

/** A table kept in a directory. */
export const memoFolder = (directory: string): MemoTable => {
  const file = (cache: string): string => join(directory, `${encodeURIComponent(cache)}.json`)
  const load = (cache: string): Record<string, MemoEntry> => {
    try {
      return JSON.parse(readFileSync(file(cache), "utf8"))
    } catch {
      return {}
    }
  }
  return {
    read: (cache, key) => load(cache)[`key:${key}`],
    write: (cache, key, entry) => {
      mkdirSync(directory, { recursive: true })
      writeFileSync(`${file(cache)}.new`, JSON.stringify({ ...load(cache), [`key:${key}`]: entry }))
      renameSync(`${file(cache)}.new`, file(cache))
    }
  }
}
