/** Artifacts in a directory while processes are killed; the same on S3 is in `test/store/s3.test.ts`. */
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe } from "vitest"
import { artifactKills } from "./artifactKills.ts"

describe("With a store in a directory", () => artifactKills(() => mkdtempSync(join(tmpdir(), "pinnace-store-"))))
