/**
 * Copies a state file in a thread of its own: a copy of 100 MB takes a second or more, in which the event loop of an
 * app would stand still.
 *
 * Owns: the thread. Does not own: the names of copies (`copy.ts`).
 */
import { createRequire } from "node:module"
import process from "node:process"
import { Worker } from "node:worker_threads"
import { providedDriver } from "./driver.ts"
import { storageError } from "./storageError.ts"

/** What a thread tells at its end. */
interface Told {
  /** What is wrong with the copy; `"ok"` where nothing is. */
  readonly found?: string
  readonly error?: { readonly code: string; readonly message: string }
}

/**
 * A text and not a module, since whoever bundles an app would leave the module out. It copies what one moment of the
 * file holds, looks whether the copy is whole, and brings it to the disk.
 */
const program = `
const { closeSync, fsyncSync, openSync } = require("node:fs")
const { parentPort, workerData: { driver, from, to } } = require("node:worker_threads")
const connected = (file, body) => {
  const db = new (require(driver))(file, { timeout: 1000 })
  try {
    return body((sql) => db.prepare(sql))
  } finally {
    db.close()
  }
}
const toDisk = (path) => {
  const file = openSync(path, "r+")
  fsyncSync(file)
  closeSync(file)
}
try {
  connected(from, (prepare) => prepare("VACUUM INTO ?").run(to))
  const found = connected(to, (prepare) => prepare("PRAGMA integrity_check").pluck().get())
  found === "ok" && toDisk(to)
  parentPort.postMessage({ found })
} catch (error) {
  parentPort.postMessage({ error: { code: String(error.code), message: String(error.message) } })
}
`

/** Whether there can be such a thread: an executable that holds everything finds no driver by its name. */
export const canCopyAside = (): boolean => providedDriver() === undefined

/** Copies a file to another one, which is not there; answers what is wrong with the copy. Throws `JournalError`. */
export const copyAside = async (from: string, to: string, name: string): Promise<string> => {
  const driver = createRequire(import.meta.url).resolve("better-sqlite3")
  const { error, found = "unknown" } = await heard(new Worker(program, { ...bare, workerData: { driver, from, to } }))
  if (error !== undefined) {
    throw storageError(Object.assign(new Error(error.message), { code: error.code }), name, "copy")
  }
  return found
}

/** What the app loads before all else (`--import`, `--require`) is not for this thread: it might never let it end. */
const bare = { eval: true, execArgv: [], env: { ...process.env, NODE_OPTIONS: "" } }

/** Nothing is open in the thread any more once it tells something. */
const heard = (worker: Worker): Promise<Told> =>
  new Promise((resolve, reject) => {
    worker.once("message", (told: Told) => {
      resolve(told)
      void worker.terminate()
    })
    worker.once("error", reject)
    worker.once("exit", (code) => reject(new Error(`a thread ended with ${code}`)))
  })
