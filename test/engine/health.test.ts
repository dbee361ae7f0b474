/** `health()`: whether an engine lives and may be sent work; asked of it in every state. */
import * as Effect from "effect/Effect"
import { join } from "node:path"
import { afterEach, expect, it, onTestFinished, vi } from "vitest"
import { open, type Pinnace } from "../../mod.ts"
import type { JournalShape } from "../../src/journal/Journal.ts"
import { Database } from "../../src/sqlite/Database.ts"
import { roomOf } from "../../src/sqlite/room.ts"
import { handler } from "../../src/server/mod.ts"
import { makeDirectory } from "../sqlite/Child.ts"

type Mutable = { -readonly [K in keyof JournalShape]: JournalShape[K] }

const mebibyte = 1024 * 1024

const token = "a-token-that-nobody-can-guess-0123456789"

afterEach(() => void vi.useRealTimers())

const made = async () => {
  const file = join(makeDirectory(), "state.db")
  const pinnace = await open(file, { durability: "process" })
  onTestFinished(() => pinnace.close())
  return { file, pinnace, journal: pinnace.engine.host.journal as Mutable }
}

/** What is wrong, and what the server says to whoever asks whether it lives, and whether it is ready. */
const told = async (pinnace: Pinnace) => {
  const { checks, live, ready } = await pinnace.health()
  const answer = handler(pinnace, { token })
  const status = async (path: string) => (await answer(new Request(`http://127.0.0.1${path}`))).status
  return {
    live,
    ready,
    wrong: checks.filter(({ ok }) => !ok).map(({ message, what }) => `${what}: ${message}`),
    asked: [await status("/livez"), await status("/readyz")]
  }
}

it("is well where the file answers and has room", async () => {
  const { pinnace } = await made()
  expect(await told(pinnace)).toEqual({ live: true, ready: true, wrong: [], asked: [200, 200] })
  expect((await pinnace.health()).checks.map(({ what }) => what)).toEqual(["engine", "storage", "room"])
})

it("is alive and not ready on a full disk, and ready again once there is room", async () => {
  const { journal, pinnace } = await made()
  journal.room = () => ({ free: 5 * mebibyte, size: 1_000_000 * mebibyte })
  expect(await told(pinnace)).toMatchObject({
    live: true,
    ready: false,
    wrong: ["room: Only 5 MiB are free: make room"],
    asked: [200, 503]
  })
  journal.room = () => undefined
  expect(await told(pinnace)).toMatchObject({ ready: true, asked: [200, 200] })
})

it("is not ready where another process took it for dead", async () => {
  const { file, pinnace } = await made()
  const db = new Database(file)
  db.exec("DELETE FROM processes")
  db.close()
  expect(await told(pinnace)).toMatchObject({ ready: false, wrong: ["storage: This process was declared dead"] })
})

it("is not ready where storage is silent, and does not wait for it for ever", async () => {
  const { journal, pinnace } = await made()
  journal.reads = { ...journal.reads, isAlive: () => Effect.never }
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
  const asked = pinnace.health()
  await vi.advanceTimersByTimeAsync(5_000)
  expect(await asked).toMatchObject({
    live: true,
    ready: false,
    checks: [{ ok: true }, { what: "storage", message: "No answer in 5000 ms" }, {}]
  })
})

it("is neither once it was closed, and says so", async () => {
  const { pinnace } = await made()
  await pinnace.close()
  expect(await told(pinnace)).toEqual({
    live: false,
    ready: false,
    wrong: ["engine: It is being closed"],
    asked: [503, 503]
  })
})

it.each<[number, number, boolean]>([
  [0, 64, false],
  [3, 64, false],
  [4, 64, true],
  [60, 64, true],
  [49, 1_000, false],
  [50, 1_000, true],
  [99, 1_000_000, false],
  [100, 1_000_000, true]
])("has room with %i MiB free of %i: %s", async (free, size, ready) => {
  const { journal, pinnace } = await made()
  journal.room = () => ({ free: free * mebibyte, size: size * mebibyte })
  expect((await pinnace.health()).ready).toBe(ready)
})

it("does not know the room of a file system that counts no blocks", () => {
  expect(roomOf({ bavail: 0, blocks: 0, bsize: 4096 })).toBeUndefined()
  expect(roomOf({ bavail: 0, blocks: 0, bsize: 0 })).toBeUndefined()
  expect(roomOf({ bavail: 0, blocks: 10, bsize: 4096 })).toEqual({ free: 0, size: 40_960 })
  expect(roomOf({ bavail: 3, blocks: 10, bsize: 4096 })).toEqual({ free: 12_288, size: 40_960 })
})
