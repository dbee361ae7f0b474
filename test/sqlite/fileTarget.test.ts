/** A file that a copy goes to. */
import { mkdtempSync, readdirSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { expect, it } from "vitest"
import { fileTarget } from "../../src/copy/fileSide.ts"
import { tables } from "../../src/copy/tables.ts"
import { Database } from "../../src/sqlite/Database.ts"
import { removeTree } from "../removeTree.ts"

it("is not disturbed by another copy to the same path, nor left over by a dead one", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pinnace-target-"))
  const path = join(folder, "copy.db")
  const semaphores = tables.find(({ name }) => name === "semaphores")!
  const row = (name: string) => ({ name, limit: 1, per: 0, fullAt: 0, source: "code", problem: null })
  try {
    writeFileSync(`${path}.partial`, "what is left of a dead process")
    const first = fileTarget(path)
    await first.write(semaphores, [row("first")])
    const second = fileTarget(path)
    await first.keep()
    await first.close()
    await second.write(semaphores, [row("second")])
    await expect((async () => second.keep())()).rejects.toThrow("it exists")
    await second.close()
    const db = new Database(path)
    expect(db.value("SELECT name FROM semaphores")).toBe("first")
    db.close()
    expect(readdirSync(folder).filter((it) => it.includes("partial") || it.includes("copying"))).toEqual([])
    if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o600)
  } finally {
    removeTree(folder)
  }
})
