/** The state file, looked over: what `pinnace doctor` and the page tell of it. */
import { existsSync, statSync } from "node:fs"
import { resolve } from "node:path"
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { Database } from "../../sqlite/Database.ts"
import { schemaVersion } from "../../sqlite/migrate.ts"
import { connect } from "../arguments/connect.ts"
import { bytes } from "../paint/times.ts"
import type { Shell } from "../Shell.ts"
import { artifactFindings, type Finding, fine, runFindings, serverFindings } from "./findings.ts"

/** All that is found; whether every page of a file is in order only where that is asked, since it reads them all. */
export const overlook = async (
  shell: Shell,
  pinnace: Pinnace,
  { deep }: { readonly deep: boolean }
): Promise<ReadonlyArray<Finding>> => [
  ...await serverFindings(shell) ?? (shell.db === ":memory:" ? [fine("State file", "none: all is in memory")] : [
    ...files(shell),
    ...database(shell, deep)
  ]),
  ...await runFindings(pinnace, shell),
  ...await locks(pinnace),
  ...await artifactFindings(pinnace, shell)
]

const files = ({ db }: Shell): ReadonlyArray<Finding> => {
  const size = (path: string): number => existsSync(path) ? statSync(path).size : 0
  return [fine("State file", `${resolve(db)} (${bytes(size(db))}, log ${bytes(size(`${db}-wal`))})`)]
}

const database = (shell: Shell, deep: boolean): ReadonlyArray<Finding> => {
  const { close, copied, db } = connect(shell.db)
  try {
    return [
      ...access(copied),
      fine("SQLite", String(db.value("SELECT sqlite_version()"))),
      free(db, shell),
      fine("Schema", `version ${db.value("PRAGMA user_version")} (this program knows ${schemaVersion})`),
      ...deep ? [integrity(db)] : []
    ]
  } finally {
    close()
  }
}

const integrity = (db: Database): Finding => {
  const value = String(db.value("PRAGMA integrity_check(1)"))
  const problem = value === "ok"
    ? ""
    : "The file is damaged. Restore a backup, or save what can be read: pinnace doctor --salvage NEW"
  return { what: "Integrity", value, problem }
}

const free = (db: Database, { dbOption, program }: Shell): Finding => {
  const [size, pages, empty] = ["page_size", "page_count", "freelist_count"].map((it) =>
    Number(db.value(`PRAGMA ${it}`))
  )
  const hint = empty! * 2 > pages! && pages! > worthIt ? ` (${program} doctor --compact${dbOption} gives it back)` : ""
  return fine("Free", `${bytes(empty! * size!)} of ${bytes(pages! * size!)}${hint}`)
}

/** Pages of a file that is large enough to be made smaller. */
const worthIt = 256

/** How a file is read that this user may not write. */
const access = (copied: number | undefined): ReadonlyArray<Finding> => {
  if (copied === undefined) return []
  const how = copied === 0 ? "in place" : `from a copy of ${bytes(copied)} made for each command`
  return [fine("Access", `this user may only read it, ${how}`)]
}

const locks = async (pinnace: Pinnace): Promise<ReadonlyArray<Finding>> =>
  (await pinnace.locks()).map(({ held, limit, name, problem, queue }) => ({
    what: "Semaphore",
    value: `${name}: ${held} of ${limit ?? "?"} held, ${queue.length} wait`,
    problem: problem ?? ""
  }))
