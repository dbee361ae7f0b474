/** Opens state files: a journal on the connection to one, or a view of it. */
import * as Effect from "effect/Effect"
import type { JournalShape } from "../journal/Journal.ts"
import { Turn } from "../journal/Turn.ts"
import { copied } from "./copy.ts"
import { FileJournal } from "./FileJournal.ts"
import { existing, openFile } from "./openFile.ts"
import { Owners } from "./Owners.ts"
import { Permits } from "./permits/Permits.ts"
import { ViewJournal } from "./view/ViewJournal.ts"
import { roomBeside } from "./room.ts"
import { SameFile } from "./SameFile.ts"
import type { UpgradeOptions } from "./upgrade.ts"
import { WriteAheadLog } from "./WriteAheadLog.ts"

/** How to open a state file. */
export interface SqliteOptions extends UpgradeOptions {
  /**
   * What a commit survives: loss of power (`"power"`, one fsync per group), or the end of the process only
   * (`"process"`; after loss of power the file is consistent but may be some seconds old). Default `"power"`.
   */
  readonly durability?: "power" | "process"
  /**
   * The id of a group of users who may open the file too, with artifacts and all that stands beside it; default none,
   * all is this user's alone. A file that is there already is shared when this user made it.
   */
  readonly group?: number
  /** When queued writes are committed; default `Turn`, after the current event-loop turn. */
  readonly turn?: (run: () => void) => void
  /** How often a group is tried while another process holds the file locked; default 40 (about 17 seconds). */
  readonly tries?: number
  /** Bytes the write-ahead log may have before it is emptied by force; default 64 MiB. */
  readonly longestLog?: number
  /** Nothing is written: no run is started, taken over or ended, and no file is made beside this one. Default false. */
  readonly readOnly?: boolean
}

/** Opens a state file, or `":memory:"` for a database that nobody else can see. Throws `JournalError`. */
export const openSqlite = (path: string, options: SqliteOptions = {}): JournalShape => {
  const turn = options.turn ?? Turn.defaultValue()
  if (options.readOnly === true && path !== ":memory:") return new ViewJournal(existing(path), turn).shape()
  const db = openFile(path, { ...options, durability: options.durability ?? "power" })
  let owners: Owners | undefined = undefined
  try {
    const file = db.value("SELECT file FROM pragma_database_list WHERE name = 'main'") as string
    const permits = new Permits(db)
    owners = new Owners(db, file === "" ? null : file, permits, options.group)
    const isFile = file !== ""
    const log = isFile ? new WriteAheadLog(db, file, options.longestLog ?? 64 * 1024 * 1024) : undefined
    // A commit that is to survive a loss of power takes so long by itself that a look before each costs nothing.
    const same = isFile ? new SameFile(db, file, options.durability === "process" ? 2 : 0) : undefined
    const journal = new FileJournal({ db, owners, permits, log, same, turn, tries: options.tries }).shape()
    return {
      ...journal,
      copy: (path) => Effect.andThen(journal.drained, copied(db, path)),
      ...(isFile ? { room: () => roomBeside(file) } : {})
    }
  } catch (error) {
    owners?.unlock()
    db.close()
    throw error
  }
}
