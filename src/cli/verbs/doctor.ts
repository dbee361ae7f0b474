/** `pinnace doctor`. */
import { counted } from "../paint/counted.ts"
import { existsSync, statSync } from "node:fs"
import { resolve } from "node:path"
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { Database } from "../../sqlite/Database.ts"
import { checkSchema, schemaVersion } from "../../sqlite/migrate.ts"
import { connect } from "../arguments/connect.ts"
import { outputOf, outputOption } from "../arguments/outputOption.ts"
import type { Shell } from "../Shell.ts"
import { bytes } from "../paint/times.ts"
import { pad } from "../paint/width.ts"
import { refuseMissing, withView } from "../arguments/state.ts"
import { NotThere, Usage } from "../Usage.ts"
import type { Call, Verb } from "../Verb.ts"
import { artifactFindings, type Finding, fine, runFindings, serverFindings } from "../running/findings.ts"
import { versionText } from "../version.ts"

const formats = ["json"] as const

const doctor = async (call: Call): Promise<number> => {
  const { shell } = call
  refuseMissing(shell)
  const server = await serverFindings(shell)
  if (call.flags.on("compact")) {
    if (server !== undefined) throw new Usage("--compact is for state files: a server does this by itself")
    return compact(shell)
  }
  const found = [
    fine("Program", versionText()),
    ...server ?? [...files(shell), ...database(shell)],
    ...await withView(
      shell,
      async (
        pinnace
      ) => [...await runFindings(pinnace, shell), ...await locks(pinnace), ...await artifactFindings(pinnace, shell)]
    )
  ]
  const problems = found.filter(({ problem }) => problem !== "")
  if (outputOf(call, formats) === "json") shell.print(JSON.stringify(found, null, 2))
  else {
    for (const { problem, value, what } of found) {
      shell.print(`${shell.paint.icon(problem === "" ? "Succeeded" : "Failed")} ${pad(what, 16)} ${value}`)
      for (const line of problem === "" ? [] : problem.split("\n")) shell.print(`  ${" ".repeat(16)} ${line}`)
    }
    shell.print(problems.length === 0 ? "No problems found" : `${counted(problems.length, "problem")} found`)
  }
  return problems.length === 0 ? 0 : 1
}

const files = ({ db }: Shell): ReadonlyArray<Finding> => {
  const size = (path: string): number => existsSync(path) ? statSync(path).size : 0
  return [fine("State file", `${resolve(db)} (${bytes(size(db))}, log ${bytes(size(`${db}-wal`))})`)]
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

/** Writes the file anew without what was deleted from it; other processes may read meanwhile, and their writes wait. */
const compact = async (shell: Shell): Promise<number> => {
  const { close, copied, db } = connect(shell.db)
  try {
    if (copied !== undefined) throw new NotThere(`${shell.db}: this user may only read it`)
    checkSchema(db)
    const before = statSync(shell.db).size
    db.exec("VACUUM")
    db.value("PRAGMA wal_checkpoint(TRUNCATE)")
    shell.print(`${shell.db}: ${bytes(before)} → ${bytes(statSync(shell.db).size)}`)
    return 0
  } finally {
    close()
  }
}

const database = (shell: Shell): ReadonlyArray<Finding> => {
  const { close, copied, db } = connect(shell.db)
  try {
    const integrity = String(db.value("PRAGMA integrity_check(1)"))
    return [
      ...access(copied),
      fine("SQLite", String(db.value("SELECT sqlite_version()"))),
      free(db, shell),
      fine("Schema", `version ${db.value("PRAGMA user_version")} (this program knows ${schemaVersion})`),
      {
        what: "Integrity",
        value: integrity,
        problem: integrity === "ok" ? "" : "The file is damaged: stop all processes that use it and restore a copy"
      }
    ]
  } finally {
    close()
  }
}

/** How a file is read that this user may not write. */
const access = (copied: number | undefined): ReadonlyArray<Finding> => {
  if (copied === undefined) return []
  const how = copied === 0 ? "in place" : `from a copy of ${bytes(copied)} that is made for each command`
  return [fine("Access", `this user may only read it, ${how}`)]
}

const locks = async (pinnace: Pinnace): Promise<ReadonlyArray<Finding>> =>
  (await pinnace.locks()).map(({ held, limit, name, problem, queue }) => ({
    what: "Semaphore",
    value: `${name}: ${held} of ${limit ?? "?"} held, ${queue.length} wait`,
    problem: problem ?? ""
  }))

/** The verb. */
export const verb: Verb = {
  usage: "",
  about:
    "Checks the state file and reports what is in it: versions, sizes, integrity, runs that no process executes, limits that cannot be read, artifacts that could not be deleted. The exit code is 1 if there is a problem.",
  takes: [0, 0],
  options: {
    compact: { type: "boolean", about: "Only give the space of deleted rows back to the disk" },
    output: outputOption(formats)
  },
  examples: [["doctor --compact", "after many runs were deleted"], ["doctor --db state.db", "before you report a bug"]],
  run: doctor
}
