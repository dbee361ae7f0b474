/** Poolers between processes and their database. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import process from "node:process"
import { describe, expect, it, onTestFinished } from "vitest"
import { open, type OpenOptions, type Pinnace } from "../../mod.ts"
import { connecting } from "../../src/postgres/driver.ts"
import type { PgRow, PgSession } from "../../src/postgres/PgSession.ts"
import { Ring } from "../../src/postgres/Ring.ts"
import { hasPooler, Pooler, type Sharing, withoutPooler } from "./Pooler.ts"
import { slowWith } from "./programs/slow.ts"
import { sharedServer } from "./server.ts"

/** A schema of its own for each test, so that nobody else has to be waited for. */
const schema = "pooled"

const poolerOf = async (sharing: Sharing): Promise<Pooler> => {
  const session = await connecting({ url: sharedServer().url })()
  await session.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`)
  await session.close()
  const pooler = await Pooler.start(sharedServer(), sharing)
  onTestFinished(pooler.remove)
  return pooler
}

const opened = async (url: string, options: OpenOptions): Promise<Pinnace> => {
  const pinnace = await open(url, { ...options, postgres: { schema, lease: 600_000, ...options.postgres } })
  onTestFinished(() => pinnace.close())
  return pinnace
}

const done = slowWith(() => Promise.resolve("done"))

describe.skipIf(!hasPooler)(`with PgBouncer (${withoutPooler})`, () => {
  it("that shares by transaction: refused with what to do, and the server's own address helps", async () => {
    const { url } = await poolerOf("transaction")
    const refused = open(url, { postgres: { schema } })
    await expect(refused).rejects.toMatchObject({ reason: "UnsupportedRuntime" })
    await expect(refused).rejects.toThrow(/Use the address of the server itself .*pool_mode = session/)
    const pinnace = await opened(url, { workflows: [done], postgres: { session: sharedServer().url } })
    expect(await pinnace.run(done)).toBe("done")
  })

  it("that shares by session: runs end, and go on in another process when theirs is killed", async () => {
    const { url } = await poolerOf("session")
    const pinnace = await opened(url, { workflows: [done] })
    expect(await pinnace.run(done)).toBe("done")
    // Whoever is killed came last: these two have to change whom they watch.
    await opened(url, {})
    const child = spawn(process.execPath, [join(import.meta.dirname, "programs/owner.ts"), url, schema], {
      stdio: ["ignore", "pipe", "inherit"]
    })
    await once(child.stdout, "data")
    const run = await pinnace.get("r")
    const [result] = [run!.result(), child.kill("SIGKILL")]
    expect(await result).toBe("done")
    const finished: Array<string> = []
    for await (const { event } of run!.events()) if (event.type === "NodeFinished") finished.push(event.path)
    expect(finished.sort()).toEqual(["first", "second"])
  })
})

it("a wait is ended by the server's own number of its process, which a pooler does not tell", async () => {
  let waiting: () => void = () => {}
  const isWaiting = new Promise<void>((resume) => waiting = resume)
  let cancel: (values: unknown) => void = () => {}
  const cancelled = new Promise<unknown>((resume) => cancel = resume)
  const query = (text: string, values?: unknown): Promise<ReadonlyArray<PgRow>> => {
    if (text.includes("pg_cancel_backend")) cancel(values)
    return Promise.resolve(
      text.includes("pg_backend_pid") ? [{ pid: 7 }] : text.includes("LIMIT 1") ? [{ id: 2 }] : []
    )
  }
  const session: PgSession = {
    backend: 1_234_567,
    query,
    wait: () => new Promise(() => waiting()),
    onNotice: () => {},
    onEnd: () => {},
    close: () => Promise.resolve()
  }
  const ring = new Ring({ connect: () => Promise.resolve(session), self: 1, grace: 1_000, lost: () => {} })
  await isWaiting
  await ring.close()
  expect(await cancelled).toEqual([7])
})
