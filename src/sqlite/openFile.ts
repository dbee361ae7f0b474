/** Connects to state files: checks that one is ours to write, and brings it to the current schema. */
import { existsSync } from "node:fs"
import { dirname } from "node:path"
import { JournalError } from "../journal/JournalError.ts"
import { Database } from "./Database.ts"
import { checkSchema } from "./migrate.ts"
import { upgrade, type UpgradeOptions } from "./upgrade.ts"

/** How to connect to a file. */
export interface ConnectOptions extends UpgradeOptions {
  /** What a commit survives. */
  readonly durability: "power" | "process"
}

/** Connects to a state file, or makes it. Throws `JournalError`. */
export const openFile = (path: string, { durability, ...options }: ConnectOptions): Database => {
  refuseMissingDirectory(path)
  const db = new Database(path)
  try {
    checkSchema(db)
    db.value("PRAGMA journal_mode = WAL")
    // Explicit: without it the driver uses NORMAL in WAL mode. The second line matters on macOS only.
    db.exec(durability === "power" ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL")
    db.exec(durability === "power" ? "PRAGMA fullfsync = 1" : "PRAGMA fullfsync = 0")
    upgrade(db, options)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** The path of a file that is there. Throws `JournalError`. */
export const existing = (path: string): string => {
  if (existsSync(path)) return path
  throw new JournalError({
    reason: "NotFound",
    message: `Cannot read state file "${path}": it does not exist. Name another file.`
  })
}

const refuseMissingDirectory = (path: string): void => {
  if (path === ":memory:" || existsSync(dirname(path))) return
  throw new JournalError({
    reason: "NotFound",
    message: `Cannot open state file "${path}": the directory "${
      dirname(path)
    }" does not exist. Create it, or name another file.`
  })
}
