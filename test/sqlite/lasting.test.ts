/** What outlives a process, on a file. */
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll } from "vitest"
import { acrossSuite } from "../embed/acrossSuite.ts"
import { lastingSuite } from "../embed/lastingSuite.ts"
import { reuseSuite } from "../embed/reuseSuite.ts"
import { removeTree } from "../removeTree.ts"

const folder = mkdtempSync(join(tmpdir(), "pinnace-lasting-"))
afterAll(() => removeTree(folder))

let files = 0
const address = () => join(folder, `${files++}.db`)
lastingSuite(address)
acrossSuite(address)
reuseSuite(address)
