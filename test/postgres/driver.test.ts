/**
 * What a session makes of a driver that tells of its end too early, too late, twice or not at all, and that whoever
 * holds a session takes a new one then. No server, no time.
 */
import { EventEmitter } from "node:events"
import { describe, expect, it, onTestFinished } from "vitest"
import { connecting } from "../../src/postgres/driver.ts"
import { Lease } from "../../src/postgres/Lease.ts"
import { Link } from "../../src/postgres/Link.ts"
import type { Connect, PgSession } from "../../src/postgres/PgSession.ts"
import { Ring } from "../../src/postgres/Ring.ts"

const turns = async (many = 3): Promise<void> => {
  for (let n = 0; n < many; n++) await new Promise((resume) => setImmediate(resume))
}

const broken = (message = "read ECONNRESET") => Object.assign(new Error(message), { code: "ECONNRESET" })

type Connecting = (client: FakeClient) => Promise<unknown>

/** A client of the driver whose every step a test decides. */
class FakeClient extends EventEmitter {
  processID = 1
  refs = 0
  ends = 0
  isBroken = false
  readonly asked: Array<string> = []
  readonly #connecting: Connecting
  answer: (text: string) => Promise<unknown> = () => Promise.resolve({ rows: [{ id: 1 }] })

  constructor(connecting: Connecting) {
    super()
    this.#connecting = connecting
  }

  connect = () => this.#connecting(this)
  query = ({ text }: { readonly text: string }) => {
    this.asked.push(text)
    return this.answer(text)
  }
  /** It answers when the socket says that it is closed, which that of a broken client never does. */
  end = () => {
    if (this.ends++ === 0 && !this.isBroken) setImmediate(() => this.emit("end"))
    return new Promise<void>(() => {})
  }
  ref = () => void this.refs++
  unref = () => void this.refs--
}

/** Opens sessions over clients that connect like this, one after the other. */
const over = (...connects: ReadonlyArray<Connecting>) => {
  const clients: Array<FakeClient> = []
  const Client = function () {
    const client = new FakeClient(connects[clients.length] ?? (() => Promise.resolve()))
    clients.push(client)
    return client
  }
  return { clients, connect: connecting({ url: "postgres://fake" }, () => Promise.resolve({ Client } as never)) }
}

/** How a client becomes unusable once it is connected. */
const ways: Record<string, (client: FakeClient) => void> = {
  "an error and no end": (client) => void client.emit("error", broken()),
  "an end and no error": (client) => void client.emit("end"),
  "both, twice": (client) => ["error", "end", "error", "end"].forEach((it) => client.emit(it, broken())),
  "a message of the server that is no error of the wire": (client) =>
    void client.emit("error", Object.assign(new Error("permission denied"), { code: "42501" })),
  "an answer to a question only": (client) => {
    client.answer = () => Promise.reject(new Error("Client has encountered a connection error and is not queryable"))
  }
}

/** Makes a client unusable. */
const breaks = (client: FakeClient, way: string): void => {
  client.isBroken = true
  ways[way]!(client)
}

describe("a session of the driver", () => {
  for (const way of Object.keys(ways)) {
    it(`ends once by ${way}, for those who asked before and after`, async () => {
      const { clients, connect } = over()
      const session = await connect()
      const ends: Array<string> = []
      session.onEnd(() => ends.push("before"))
      breaks(clients[0]!, way)
      await session.query("a").catch(() => {})
      session.onEnd(() => ends.push("after"))
      expect(ends).toEqual(["before"])
      await turns()
      breaks(clients[0]!, way)
      await turns()
      expect(ends).toEqual(["before", "after"])
      const [asked, refs] = [clients[0]!.asked.length, clients[0]!.refs]
      await expect(session.query("b")).rejects.toThrow("the session has ended")
      await expect(session.wait("c")).rejects.not.toHaveProperty("code")
      expect([clients[0]!.asked.length, clients[0]!.refs]).toEqual([asked, refs])
      // The socket is given back, and closing does not wait for it.
      expect(clients[0]!.ends).toBe(1)
      await session.close()
    })
  }

  it("answers what is on its way when it ends, though the driver does not", async () => {
    const { clients, connect } = over()
    const session = await connect()
    clients[0]!.answer = () => new Promise(() => {})
    const answers = [session.query("a"), session.wait("b")].map((it) => it.catch((error: Error) => error.message))
    clients[0]!.emit("error", broken())
    expect(await Promise.all(answers)).toEqual(Array(2).fill("the session has ended (read ECONNRESET)"))
  })

  it("is not made of a client that ended while it connected, whatever the driver calls", async () => {
    const never = () => new Promise(() => {})
    const { clients, connect } = over(
      () => Promise.reject(broken("refused")),
      (client) => (setImmediate(() => client.emit("error", broken("while"))), never()),
      (client) => (setImmediate(() => client.emit("end")), never()),
      (client) => (client.emit("error", broken("at once")), never())
    )
    for (const message of ["refused", "while", "the session has ended", "at once"]) {
      await expect(connect()).rejects.toThrow(message)
    }
    expect(clients.map(({ ends }) => ends)).toEqual([1, 1, 1, 1])
    expect(await (await connect()).query("a")).toEqual([{ id: 1 }])
  })

  it("that ends as it is connected is known as ended", async () => {
    const { connect } = over((client) => Promise.resolve(void queueMicrotask(() => client.emit("end"))))
    const session = await connect().catch(() => undefined)
    await turns()
    const ended = session === undefined || await new Promise((resume) => session.onEnd(() => resume(true)))
    expect(ended).toBe(true)
  })
})

/** What holds sessions: each is asked through `connect` and must come to the second client. */
const holders: Record<
  string,
  (connect: Connect) => { readonly works: () => Promise<unknown>; readonly close: () => Promise<void> }
> = {
  "a link": (connect) => {
    const link = new Link(connect, 1e9, () => turns(1))
    return { works: () => link.query("hold"), close: () => link.close() }
  },
  "a ring": (connect) => {
    let asked = 0
    const reached: Array<() => void> = []
    const watched: Connect = async () => {
      const session = await connect()
      const query: PgSession["query"] = async (text, values) => {
        const rows = await session.query(text, values)
        if (++asked > 0 && text.includes("absent")) { for (const resume of reached.splice(0)) resume() }
        return text.includes("absent") ? [] : rows
      }
      return { ...session, query, wait: () => new Promise((_, reject) => session.onEnd(() => reject(new Error()))) }
    }
    const ring = new Ring({ connect: watched, self: 1, grace: 1, lost: () => {} })
    return { works: () => new Promise<void>((resume) => void reached.push(resume)), close: () => ring.close() }
  }
}

describe("whoever holds a session", () => {
  // The end comes between the answer that made the session ready and the moment at which it is held.
  for (const [name, hold] of Object.entries(holders)) {
    for (const way of Object.keys(ways)) {
      it(`takes another one: ${name}, after ${way}`, async () => {
        const { clients, connect } = over()
        let made = 0
        const ready: Connect = async () => {
          const session = await connect()
          await session.query("SET search_path")
          if (made++ < 3) breaks(clients.at(-1)!, way)
          return session
        }
        const holder = hold(ready)
        await holder.works()
        expect(clients.length).toBeGreaterThan(3)
        await holder.close()
      })
    }
  }

  for (const way of Object.keys(ways).filter((it) => !it.includes("answer"))) {
    it(`takes another one: a lease, after ${way}, each time it is back`, async () => {
      const { clients, connect } = over()
      const lost: Array<Error> = []
      let backs = 0
      let resume = (): void => {}
      const done = new Promise<void>((resolve) => resume = resolve)
      // The sessions after the first one end as they are taken.
      const back = (): void => ++backs < 3 ? breaks(clients.at(-1)!, way) : resume()
      const lease = await Lease.take({
        connect,
        lease: 1e6,
        told: () => {},
        lost: (it) => void lost.push(it),
        back,
        acknowledged: () => 0
      })
      breaks(clients[0]!, way)
      await done
      await turns()
      expect([lost, backs, clients.length]).toEqual([[], 3, 4])
      await lease.close()
    })
  }
})

describe("a lease that is taken again", () => {
  /** One whose session ends once; its next one answers with the number of the change that the server knows then. */
  const takenAgain = (known: number, meanwhile: (acknowledged: number) => number): Promise<string> => {
    const { clients, connect } = over()
    let acknowledged = 5
    const watched: Connect = async () => {
      const session = await connect()
      clients.at(-1)!.answer = async (text) => {
        const rows = [{ id: 1, first: 0, known }]
        await turns(1)
        // The answer is made, and on its way.
        if (text.includes("known")) acknowledged = meanwhile(acknowledged)
        return { rows }
      }
      return session
    }
    return new Promise((resolve, reject) => {
      const lease = Lease.take({
        connect: watched,
        lease: 1e6,
        told: () => {},
        lost: ({ reason }) => resolve(reason),
        back: () => resolve("back"),
        acknowledged: () => acknowledged
      })
      onTestFinished(async () => (await lease).close())
      lease.then(() => breaks(clients[0]!, "an end and no error"), reject)
    })
  }

  it("tells a server that has forgotten from one whose answer was overtaken by those to later changes", async () => {
    expect(await takenAgain(5, (it) => it)).toBe("back")
    expect(await takenAgain(6, (it) => it)).toBe("back")
    expect(await takenAgain(4, (it) => it)).toBe("Replaced")
    expect(await takenAgain(5, (it) => it + 1)).toBe("back")
    expect(await takenAgain(5, (it) => it + 3)).toBe("back")
    expect(await takenAgain(4, (it) => it + 3)).toBe("Replaced")
  })
})

it("keeps the process alive until a session that is closed with a question on its way has ended", async () => {
  const { clients, connect } = over()
  const session = await connect()
  const [client] = clients as [FakeClient]
  // Of a socket only the last call counts.
  let isKept = false
  client.ref = () => void (isKept = true)
  client.unref = () => void (isKept = false)
  let answer = (_: unknown): void => {}
  client.answer = () => new Promise((resume) => (answer = resume))
  const asked = session.query("SELECT 1")
  client.isBroken = true
  const closed = session.close()
  answer({ rows: [] })
  await asked
  await turns()
  expect(isKept).toBe(true)
  client.emit("end")
  await closed
})
