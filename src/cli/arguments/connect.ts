/** A connection to the state file for verbs that are about the file itself. */
import { Database } from "../../sqlite/Database.ts"
import { type FileView, isWritable, openView } from "../../sqlite/view/FileView.ts"
import { isUnwritable } from "./state.ts"

/** A connection, and how the file is read. */
export interface Connected extends Pick<FileView, "close" | "db"> {
  /** Bytes that were copied to read it; `undefined` where this user may write the file. */
  readonly copied: number | undefined
}

/** Connects to it, or reads it where this user may not write it. Throws JournalError. */
export const connect = (path: string): Connected => {
  if (!isWritable(path)) return openView(path)
  const db = new Database(path)
  try {
    db.value("PRAGMA user_version")
    return { db, copied: undefined, close: () => db.close() }
  } catch (error) {
    db.close()
    if (!isUnwritable(error)) throw error
    return openView(path)
  }
}
