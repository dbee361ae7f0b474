/**
 * `npm run stress -- --artifact 5G`: passes one artifact of this size through a store or an archive, and fails when
 * memory grows by more than `--limit` MiB (default 100) over what the process needs anyhow. `--through disk | tar |
 * tar+gzip | zip` (default all of them).
 */
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import process from "node:process"
import { parseArgs } from "node:util"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { diskStore, memoryStore, pack, readFile, unpack } from "../../src/store/mod.ts"
import { removeTree } from "../removeTree.ts"

const { values: options } = parseArgs({
  options: {
    artifact: { type: "string", default: "5G" },
    through: { type: "string" },
    limit: { type: "string", default: "100" },
    dir: { type: "string", default: tmpdir() }
  }
})

const sizeOf = (text: string): number => {
  const [, number = "", unit = ""] = /^(\d+)([KMG]?)$/.exec(text) ?? []
  if (number === "") throw new Error(`--artifact is a size such as 500M or 5G, not ${text}`)
  return Number(number) * 1024 ** " KMG".indexOf(unit || " ")
}

const size = sizeOf(options.artifact)
const directory = mkdtempSync(join(options.dir, "pinnace-stress-"))
const file = join(directory, "artifact")

/** Each way puts the file somewhere and reads it back; answers the bytes that came. */
const ways: Readonly<Record<string, () => Promise<number>>> = {
  disk: async () => {
    const store = diskStore(join(directory, "store"))
    const { size } = await Effect.runPromise(store.put("artifact", Stream.orDie(readFile(file, (cause) => cause)), {}))
    await Effect.runPromise(Stream.runDrain(store.get("artifact")))
    await Effect.runPromise(store.delete(["artifact"]))
    return size
  },
  ...Object.fromEntries((["tar", "tar+gzip", "zip"] as const).map((format) => [format, async () => {
    const target = join(directory, "unpacked")
    const { bytes } = await Effect.runPromise(unpack(pack(file, { format, level: 1 }), target, { format }))
    rmSync(target)
    return bytes
  }]))
}

/** The largest resident memory while something runs, in MiB. */
const peakOf = async (work: () => Promise<unknown>): Promise<number> => {
  let peak = 0
  const look = () => peak = Math.max(peak, process.memoryUsage.rss())
  const timer = setInterval(look, 10)
  await work()
  look()
  clearInterval(timer)
  return peak / 1024 ** 2
}

const main = async (): Promise<boolean> => {
  writeFileSync(file, "")
  truncateSync(file, size)
  // So that loading and compiling do not count.
  await Effect.runPromise(memoryStore().put("warm", Stream.succeed(new Uint8Array(1))))
  let good = true
  for (const [name, way] of Object.entries(ways)) {
    if (options.through !== undefined && options.through !== name) continue
    const before = process.memoryUsage.rss() / 1024 ** 2
    const begun = performance.now()
    let passed = 0
    const peak = await peakOf(async () => passed = await way())
    const growth = peak - before
    const fine = passed === size && growth <= Number(options.limit)
    good &&= fine
    const seconds = ((performance.now() - begun) / 1000).toFixed(1)
    process.stdout.write(
      `${fine ? "ok  " : "FAIL"}  ${name}: ${passed} bytes in ${seconds} s, memory ${before.toFixed(0)} MiB + ${
        growth.toFixed(0)
      } MiB\n`
    )
  }
  return good
}

try {
  process.exitCode = await main() ? 0 : 1
} finally {
  removeTree(directory)
}
