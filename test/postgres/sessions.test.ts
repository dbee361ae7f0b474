/** What becomes of processes whose sessions end: they come back, or others take their runs over. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import process from "node:process"
import * as Effect from "effect/Effect"
import { describe, expect, it, onTestFinished } from "vitest"
import { open } from "../../mod.ts"
import type { Notice } from "../../src/journal/Journal.ts"
import { openPostgres, refusePooler } from "../../src/postgres/openPostgres.ts"
import type { PgSession } from "../../src/postgres/PgSession.ts"
import { type Asked, promisesOf } from "../journal/answers.ts"
import { append, createRun, event, noticesOf, until } from "../journal/JournalWorld.ts"
import { emptied, makeWorld, outside } from "./PgWorld.ts"
import { hasPostgres, PostgresServer, sharedServer, withoutPostgres } from "./server.ts"
import { slowWith } from "./programs/slow.ts"

const world = (options?: Parameters<typeof makeWorld>[0]) => {
  const made = makeWorld(options)
  onTestFinished(() => made.dispose())
  return made
}

/** Ends sessions of journals from outside. */
const cut = (which = "true") =>
  outside().then((session) =>
    session.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'pinnace' AND pid <> pg_backend_pid() AND ${which}`)
  )

const hears = (journal: Asked, type: Notice["type"]): Promise<Notice> =>
  new Promise((resolve) => journal.subscribe((notice) => notice.type === type && resolve(notice)))

describe.skipIf(!hasPostgres)(`with a server (${withoutPostgres})`, () => {
  it("sessions that are cut lose and double no append, and disturb no run (J1, J2)", async () => {
    const made = world({ grace: 60_000 })
    const [a, b] = [await made.open(), await made.open()]
    const { key } = await createRun(made, a, "r")
    const [ofA, ofB] = [noticesOf(a), noticesOf(b)]
    const answers: Array<string> = []
    for (let seq = 1; seq <= 400; seq++) {
      a.append([event(key, seq)], (error) => answers.push(error?.reason ?? "stored"))
      if (seq % 40 === 0) await cut()
      else if (seq % 4 === 0) await new Promise((resume) => setImmediate(resume))
    }
    await until(made, () => answers.length === 400)
    expect(new Set(answers)).toEqual(new Set(["stored"]))
    expect((await b.events(key, 0)).map(({ seq }) => seq)).toEqual(Array.from({ length: 400 }, (_, n) => n + 1))
    expect([await a.isAlive(b.process), (await b.getRun(key))?.owner]).toEqual([true, a.process])
    expect([...ofA, ...ofB].filter(({ type }) => type === "died" || type === "lost")).toEqual([])
  })

  it("a process that was declared dead hears of it when its session comes back, and stops", async () => {
    const made = world()
    const a = await made.open()
    const lost = hears(a, "lost")
    await made.fence(a)
    await cut()
    expect(await lost).toMatchObject({ error: { reason: "Fenced" } })
    expect((await append(made, a, []))?.reason).toBe("Fenced")
  })

  it("a process is declared dead for one absence only, and counts how often it was back", async () => {
    const made = world({ grace: 60_000 })
    const [a, b] = [await made.open(), await made.open()]
    const session = await outside()
    const one = async (sql: string) => Object.values((await session.query(sql))[0]!)[0]
    const returns = () => one(`SELECT returns FROM processes WHERE id = ${a.process}`)
    const back = hears(a, "foreign")
    await cut()
    await back
    expect(await returns()).toBe(1)
    // One without a session that was back since it was seen, and is absent again.
    await session.query("INSERT INTO processes VALUES (999, 5, 1, 'elsewhere', 1, 3)")
    const bury = (seen: number) => one(`SELECT bury(${b.process}, '{999,${a.process}}', '{${seen},1}') AS buried`)
    expect(await bury(2)).toEqual([])
    expect(await bury(3)).toEqual([999])
    expect(await returns()).toBe(1)
  })

  it("a process hears when the server has forgotten what it had acknowledged, also with nothing to write", async () => {
    const made = world()
    const a = await made.open()
    await createRun(made, a, "r")
    const lost = hears(a, "lost")
    await (await outside()).query(`UPDATE processes SET "group" = "group" - 1 WHERE id = $1`, [a.process])
    await cut()
    expect(await lost).toMatchObject({ error: { reason: "Replaced" } })
  })

  it("a number that was given to two processes serves one of them, and nothing of the other's is taken for its own", async () => {
    const made = world()
    const [a, b] = [await made.open(), await made.open()]
    const [ofA, ofB] = [hears(a, "lost"), hears(b, "lost")]
    const session = await outside()
    await session.query(`UPDATE processes SET "openedAt" = "openedAt" + 1 WHERE id = $1`, [a.process])
    await session.query(`UPDATE processes SET "group" = "group" + 7 WHERE id = $1`, [b.process])
    expect((await append(made, b, []))?.reason).toBe("Replaced")
    await cut()
    expect(await ofA).toMatchObject({ error: { reason: "Fenced" } })
    expect(await ofB).toMatchObject({ error: { reason: "Replaced" } })
  })

  it("a run goes on in another process when its own is killed, and nothing of it is done twice", async () => {
    const { url } = sharedServer()
    const child = spawn(process.execPath, [join(import.meta.dirname, "programs/owner.ts"), url], {
      stdio: ["ignore", "pipe", "inherit"]
    })
    await once(child.stdout, "data")
    const slow = slowWith(() => Promise.resolve("done"))
    const pinnace = await open(url, { workflows: [slow] })
    onTestFinished(async () => {
      await pinnace.close()
      await emptied()
    })
    child.kill("SIGKILL")
    const run = await pinnace.start(slow, undefined, { id: "other" })
    expect(await run.result()).toBe("done")
    const rows = await (await outside()).query("SELECT key FROM runs WHERE id = 'r'")
    const key = rows[0]!["key"]
    const ended = async () =>
      (await (await outside()).query("SELECT path FROM events WHERE run = $1 AND type = 'NodeFinished'", [key]))
        .map(({ path }) => path)
    while ((await (await outside()).query("SELECT 1 FROM runs WHERE id = 'r' AND phase = 'Succeeded'")).length === 0) {
      await new Promise((resume) => setTimeout(resume, 20))
    }
    expect((await ended()).filter((path) => path === "first")).toEqual(["first"])
  })

  it("an app goes on under another number when its own was declared dead: handles, runs, what is asked", async () => {
    const { url } = sharedServer()
    const begun: Array<() => void> = []
    const beginnings: Array<() => void> = []
    const slow = slowWith(() => new Promise((resume) => (begun.push(() => resume("done")), beginnings.shift()?.())))
    const begins = () => new Promise<void>((resume) => void beginnings.push(resume))
    const pinnace = await open(url, {
      workflows: [slow],
      limits: { abortGrace: 0 },
      postgres: { lease: 600_000, grace: 60_000 }
    })
    onTestFinished(async () => {
      await pinnace.close()
      await emptied()
    })
    const isOpen = begins()
    const run = await pinnace.start(slow, undefined, { id: "r" })
    await isOpen
    const number = pinnace.engine.host.journal.process
    const [result, again] = [run.result(), begins()]
    await (await outside()).query(`DELETE FROM processes WHERE id = ${number}`)
    await cut()
    await again
    begun.forEach((resume) => resume())
    expect(await result).toBe("done")
    expect(pinnace.engine.host.journal.process).toBeGreaterThan(number)
    const rows = await (await outside()).query("SELECT path FROM events WHERE type = 'NodeFinished' ORDER BY path")
    expect(rows.map(({ path }) => path)).toEqual([...new Set(rows.map(({ path }) => path))])
  })

  it("a server that is restarted as by a crash costs nobody his runs", async () => {
    const server = new PostgresServer()
    onTestFinished(() => server.remove())
    // Both at once, on a database that is empty.
    const journals = await Promise.all(
      [1, 2].map(() => openPostgres({ url: server.url, grace: 60_000, lease: 600_000 }))
    )
    const [one, two] = journals.map(promisesOf) as unknown as [Asked, Asked]
    const tick = () => new Promise<void>((resume) => setImmediate(resume))
    const made = { open: () => one, fence: () => {}, tick, dispose: () => {} }
    const { key } = await createRun(made, one, "r")
    const heard = [noticesOf(one), noticesOf(two)]
    server.stop("immediate")
    const stored = append(made, one, [event(key, 1)])
    server.start()
    expect(await stored).toBeUndefined()
    expect(await append(made, one, [event(key, 2)])).toBeUndefined()
    expect([await two.lastSeq(key), await two.isAlive(one.process)]).toEqual([2, true])
    expect(heard.flat().filter(({ type }) => type === "died" || type === "lost")).toEqual([])
    for (const journal of [one, two]) await Effect.runPromise(journal.closed)
  })
})

describe("an address behind a pooler", () => {
  /** A session with these backends for its questions, one after the other. */
  const answeredBy = (backend: number, pids: ReadonlyArray<number>): PgSession => {
    let asked = 0
    const query = () => Promise.resolve([{ pid: pids[asked++ % pids.length] }])
    return { backend, query, wait: query, onNotice: () => {}, onEnd: () => {}, close: () => Promise.resolve() }
  }

  it("is refused where sessions are shared by transaction, and nowhere else", async () => {
    const refusal = async (session: PgSession, other: PgSession) => {
      try {
        await refusePooler(session, () => Promise.resolve(other))
        return "none"
      } catch (error) {
        return (error as { readonly reason: string }).reason
      }
    }
    // The server itself; a pooler with one session each; one that shares a session; one that changes it.
    expect(await refusal(answeredBy(7, [7]), answeredBy(8, [8]))).toBe("none")
    expect(await refusal(answeredBy(1, [7]), answeredBy(2, [8]))).toBe("none")
    expect(await refusal(answeredBy(1, [7]), answeredBy(2, [7]))).toBe("UnsupportedRuntime")
    expect(await refusal(answeredBy(1, [7, 8]), answeredBy(2, [9]))).toBe("UnsupportedRuntime")
  })
})
