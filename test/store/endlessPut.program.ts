/** Puts without an end, and says so once much has been written. Is meant to be killed. */
import process from "node:process"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { diskStore } from "../../src/store/disk/diskStore.ts"
import { s3Store } from "../../src/store/s3/s3Store.ts"

const [, , kind = "", argument = ""] = process.argv
const store = kind === "disk" ? diskStore(argument) : s3Store(JSON.parse(argument))
const chunk = new Uint8Array(1024 * 1024)
let written = 0
const content = Stream.fromEffectRepeat(Effect.sync(() => {
  // Past several parts of an upload; then slower, so that the disk does not fill before the end comes.
  if (++written === 64) process.stdout.write("much\n")
  return chunk
})).pipe(Stream.tap(() => written > 64 ? Effect.sleep(50) : Effect.void))

await Effect.runPromise(store.put("victim", content))
