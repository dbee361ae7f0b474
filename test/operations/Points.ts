/**
 * The moments of an operation in which a death could matter: before and after each call of the disk, and of SQLite.
 *
 * What SIGKILL leaves is what lies on the disk then: no lock of the process, and no chance for it to say anything. So a
 * copy of the folder is what the next process would find.
 */
import fs, { copyFileSync, readdirSync } from "node:fs"
import { syncBuiltinESMExports } from "node:module"
import { join } from "node:path"
import process from "node:process"
import { Database } from "../../src/sqlite/Database.ts"

const calls = {
  disk: [fs, ["closeSync", "fsyncSync", "linkSync", "renameSync", "rmSync"]],
  sqlite: [Database.prototype, ["copyTo", "exec", "transactNow", "value", "close"]]
} as const

/** Does something; `pass` is called before and after each call. */
export const watched = async <A>(pass: () => void, work: () => Promise<A>): Promise<A> => {
  const undo = Object.values(calls).flatMap(([object, names]) => names.map((name) => watch(object, name, pass)))
  syncBuiltinESMExports()
  try {
    return await work()
  } finally {
    for (const back of undo) back()
    syncBuiltinESMExports()
  }
}

const watch = (object: object, name: string, pass: () => void): () => void => {
  const methods = object as Record<string, (...args: Array<unknown>) => unknown>
  const method = methods[name]!
  methods[name] = function (...args) {
    pass()
    const answer = method.apply(this, args)
    pass()
    return answer
  }
  return () => {
    methods[name] = method
  }
}

/** Copies the files of a folder as a death in this moment would leave them: who wrote its drafts is not alive. */
export const copyDead = (folder: string, to: string): void => {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    // To close a file frees the locks of this process on it; nobody else is there whom they would keep away.
    if (entry.isFile()) {
      copyFileSync(join(folder, entry.name), join(to, entry.name.replace(`.${process.pid}-`, ".999999999-")))
    }
  }
}
