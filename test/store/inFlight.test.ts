/**
 * What a node has left goes to a store in blocks: however large it is, the process never reads far ahead of what the
 * store has taken, and takes it in pieces that keep nothing else waiting.
 */
import { randomBytes } from "node:crypto"
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { reading } from "../../src/argo/artifact/leaving.ts"
import type { ArtifactStore } from "../../src/artifact/Store.ts"
import { hostView } from "../../src/files/mod.ts"
import { memoryStore } from "../../src/store/mod.ts"
import { makeMover } from "../../src/store/mover.ts"
import type { ArtifactContent } from "../../src/workflow/Artifact.ts"
import { removeTree } from "../removeTree.ts"

const mebibyte = 1_048_576
const size = 24 * mebibyte
/** What may have been read that the store has not taken: blocks that wait, and what other code of the process reads. */
const most = 16 * mebibyte

/** Bytes that this process has read, from anything. */
const bytesRead = (): number => Number(/rchar: (\d+)/.exec(readFileSync("/proc/self/io", "utf8"))?.[1])

const knows = (): boolean => {
  try {
    return bytesRead() > 0
  } catch {
    return false
  }
}

/** A store that takes its time for each block. */
class SlowStore {
  taken = 0
  ahead = 0
  largest = 0
  readonly #from = bytesRead()

  readonly store: ArtifactStore = {
    ...memoryStore(),
    put: (key, content) =>
      Effect.as(Stream.runForEach(content, (block) => this.#take(block)), { key, size: this.taken, sha256: "" })
  }

  #take(block: Uint8Array): Effect.Effect<void> {
    return Effect.promise(async () => {
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
      this.taken += block.length
      this.largest = Math.max(this.largest, block.length)
      this.ahead = Math.max(this.ahead, bytesRead() - this.#from - this.taken)
    })
  }
}

describe.runIf(knows())("the bytes in flight to a store", () => {
  const folder = mkdtempSync(join(tmpdir(), "pinnace-flight-"))
  const [file, directory] = [join(folder, "file"), join(folder, "directory")]

  beforeAll(() => {
    mkdirSync(directory)
    // What cannot be compressed, so that as much comes out of an archive as goes in.
    for (const path of [file, join(directory, "file")]) writeFileSync(path, randomBytes(size))
  })
  afterAll(() => removeTree(folder))

  const put = async (content: ArtifactContent, archive: "none" | "tar" | "tar+gzip"): Promise<SlowStore> => {
    const slow = new SlowStore()
    const mover = makeMover({ store: () => slow.store, workRoot: folder })
    await Effect.runPromise(mover.put(slow.store, "key", content, { archive }))
    return slow
  }

  const isBounded = ({ ahead, largest, taken }: SlowStore): void => {
    expect(taken).toBeGreaterThanOrEqual(size)
    expect(ahead).toBeLessThan(most)
    expect(largest).toBeLessThanOrEqual(mebibyte)
  }

  it("are a few blocks of a file that is stored as it is", async () => {
    const spot = { view: hostView([]), path: file }
    let slow: SlowStore | undefined
    await Effect.runPromise(reading(spot, (content) => Effect.promise(async () => slow = await put(content, "none"))))
    isBounded(slow!)
  })

  it.each([["file", "tar"], ["directory", "tar"], ["directory", "tar+gzip"]] as const)(
    "are a few blocks of a %s in a %s",
    async (kind, archive) => isBounded(await put(kind === "file" ? file : directory, archive))
  )
})
