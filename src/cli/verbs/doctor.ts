/** `pinnace doctor`. */
import { existsSync, statSync } from "node:fs"
import { resolve } from "node:path"
import type { Pinnace } from "../../embed/Pinnace.ts"
import { isTerminal } from "../../run/Phase.ts"
import { Database } from "../../sqlite/Database.ts"
import { schemaVersion } from "../../sqlite/migrate.ts"
import { type FileView, isWritable, openView } from "../../sqlite/view/FileView.ts"
import { outputOf, outputOption } from "../outputOption.ts"
import type { Shell } from "../Shell.ts"
import { bytes } from "../show/times.ts"
import { pad } from "../show/width.ts"
import { isUnwritable, refuseMissing, withView } from "../state.ts"
import type { Call, Verb } from "../Verb.ts"
import { versionText } from "../version.ts"

const formats = ["json"] as const

interface Finding {
  readonly what: string
  readonly value: string
  /** What is wrong and what to do; empty when nothing is. */
  readonly problem: string
}

const fine = (what: string, value: string): Finding => ({ what, value, problem: "" })

const doctor = async (call: Call): Promise<number> => {
  const { shell } = call
  refuseMissing(shell)
  const found = [
    fine("Program", versionText()),
    ...files(shell),
    ...database(shell.db),
    ...await withView(shell, (pinnace) => [...runs(pinnace), ...locks(pinnace), ...artifacts(pinnace)])
  ]
  const problems = found.filter(({ problem }) => problem !== "")
  if (outputOf(call, formats) === "json") shell.print(JSON.stringify(found, null, 2))
  else {
    for (const { problem, value, what } of found) {
      shell.print(`${shell.paint.icon(problem === "" ? "Succeeded" : "Failed")} ${pad(what, 16)} ${value}`)
      if (problem !== "") shell.print(`  ${" ".repeat(16)} ${problem}`)
    }
    shell.print(problems.length === 0 ? "No problems found" : `${problems.length} problems found`)
  }
  return problems.length === 0 ? 0 : 1
}

const files = ({ db }: Shell): ReadonlyArray<Finding> => {
  const size = (path: string): number => existsSync(path) ? statSync(path).size : 0
  return [fine("State file", `${resolve(db)} (${bytes(size(db))}, log ${bytes(size(`${db}-wal`))})`)]
}

const database = (path: string): ReadonlyArray<Finding> => {
  const { close, copied, db } = connect(path)
  try {
    const integrity = String(db.value("PRAGMA integrity_check(1)"))
    return [
      ...access(copied),
      fine("SQLite", String(db.value("SELECT sqlite_version()"))),
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

interface Connected extends Pick<FileView, "close" | "db"> {
  /** `undefined` where this user may write the file. */
  readonly copied: number | undefined
}

const connect = (path: string): Connected => {
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

/** How a file is read that this user may not write. */
const access = (copied: number | undefined): ReadonlyArray<Finding> => {
  if (copied === undefined) return []
  const how = copied === 0 ? "in place" : `from a copy of ${bytes(copied)} that is made for each command`
  return [fine("Access", `this user may only read it, ${how}`)]
}

const runs = (pinnace: Pinnace): ReadonlyArray<Finding> => {
  const { journal } = pinnace.engine.host
  const all = pinnace.list({ limit: Number.MAX_SAFE_INTEGER })
  const counts = Map.groupBy(all, ({ phase }) => phase)
  const open = all.filter(({ phase }) => !isTerminal(phase))
  const orphans = open.filter(({ held, owner }) => held === null && (owner === null || !journal.isAlive(owner)))
  const held = open.filter((row) => row.held !== null)
  const names = (rows: typeof all): string =>
    rows.slice(0, 5).map(({ id }) => id).join(", ") + (rows.length > 5 ? ", …" : "")
  const owners = new Set(open.flatMap(({ owner }) => owner !== null && journal.isAlive(owner) ? [owner] : []))
  return [
    fine("Runs", all.length === 0 ? "none" : [...counts].map(([phase, rows]) => `${rows.length} ${phase}`).join(", ")),
    fine("Executed by", `${owners.size} living processes`),
    ...(orphans.length === 0 ? [] : [{
      what: "Interrupted",
      value: names(orphans),
      problem: "No process executes them: start the app that defines them, or use resume RUN"
    }]),
    ...held.map((row) => ({ what: "Held", value: row.id, problem: row.held! }))
  ]
}

const locks = (pinnace: Pinnace): ReadonlyArray<Finding> =>
  pinnace.locks().map(({ held, limit, name, problem, queue }) => ({
    what: "Semaphore",
    value: `${name}: ${held} of ${limit ?? "?"} held, ${queue.length} wait`,
    problem: problem ?? ""
  }))

const artifacts = (pinnace: Pinnace): ReadonlyArray<Finding> => {
  const all = pinnace.artifacts({ limit: Number.MAX_SAFE_INTEGER })
  const live = all.filter(({ state }) => state === "live" || state === "due")
  const failed = all.filter(({ state }) => state === "failed")
  const size = live.reduce((sum, it) => sum + it.size, 0)
  return [{
    what: "Artifacts",
    value: `${live.length} (${bytes(size)})`,
    problem: failed.length === 0
      ? ""
      : `${failed.length} could not be deleted (${failed[0]!.error}): gc --retry-failed tries again`
  }]
}

/** The verb. */
export const verb: Verb = {
  usage: "",
  about:
    "Checks the state file and tells what is in it: versions, sizes, integrity, runs that nobody executes, limits that cannot be read, artifacts that could not be deleted. The exit code is 1 when there is a problem.",
  takes: [0, 0],
  options: { output: outputOption(formats) },
  examples: [["doctor --db state.db", "before you report a bug"]],
  run: doctor
}
