/** Copies a state file, as `pinnace backup` does, in a process of its own. */
import process from "node:process"
import { writeCopy } from "../../src/sqlite/copy.ts"
import { Database } from "../../src/sqlite/Database.ts"

const [, , from = "", to = ""] = process.argv
const db = new Database(from)
writeCopy(db, to)
db.close()
