/** Webhooks: what is posted, and that it arrives at least once, whoever dies. */
import { createHmac } from "node:crypto"
import * as Effect from "effect/Effect"
import process from "node:process"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import { type AskingNode, type EndedRun, type Pinnace, Schema, signal, task, workflow } from "../../mod.ts"
import {
  afterAnswer,
  type Answer,
  headersOf,
  type Letter,
  lettersOf,
  reasonOf,
  superfluous
} from "../../src/webhook/Webhook.ts"
import { pruneDead, retryDead } from "../../src/webhook/letters.ts"
import type { Post } from "../../src/webhook/post.ts"
import { answersOf } from "../journal/answers.ts"
import { TestBed } from "../engine/TestBed.ts"

const url = "https://example.com/hook"
const fails = workflow("fails", {}, (w) => w.node("only", task("only", { run: () => Effect.die(new Error("no")) })))
const works = workflow("works", {}, (w) => w.node("only", task("only", { run: () => {} })))

/** Takes requests, and answers them as it is told: by default with success. */
class Receiver {
  readonly got: Array<{ readonly headers: Readonly<Record<string, string>>; readonly body: string }> = []
  answers: Array<Answer | "none"> = []

  readonly post: Post = (_, headers, body) => {
    const answer = this.answers.shift() ?? { status: 204, why: "" }
    if (answer === "none") return new Promise(() => {})
    this.got.push({ headers, body })
    return Promise.resolve(answer)
  }

  get ids(): ReadonlyArray<string> {
    return this.got.map(({ headers }) => headers["webhook-id"]!)
  }
}

const held = { type: "RunHeld", message: "it has changed" } as const
const busy = { status: 503, why: "busy" }
const cellsOf = (pinnace: Pinnace, space: string) => answersOf(pinnace.engine.host.journal).cells(space)

describe("webhooks", () => {
  it("are told of runs that failed, once that is durable, and of nothing else they did not ask for", async () => {
    const bed = new TestBed()
    const receiver = new Receiver()
    const pinnace = bed.open({ webhooks: [{ url, secret: "KEY" }], post: receiver.post, secrets: () => "s3cret" })
    await bed.play(works, undefined, pinnace)
    const { run } = await bed.play(fails, undefined, pinnace)
    await bed.until(() => cellsOf(pinnace, "webhook").length === 0)
    expect(receiver.got).toHaveLength(1)
    const [{ body, headers }] = receiver.got as [typeof receiver.got[0]]
    expect(JSON.parse(body)).toMatchObject({
      type: "run.failed",
      data: { run: run.id, workflow: "fails", phase: "Error", reason: "ChildErrored" }
    })
    const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`
    const expected = createHmac("sha256", "s3cret").update(signed).digest("base64")
    expect(headers["webhook-signature"]).toBe(`v1,${expected}`)
  })

  it("are tried again until they answer with success, later each time", async () => {
    const bed = new TestBed()
    const receiver = new Receiver()
    receiver.answers = [busy, busy, busy]
    const pinnace = bed.open({ webhooks: [{ url, events: ["run.succeeded"] }], post: receiver.post })
    const began = bed.now
    await bed.play(works, undefined, pinnace)
    await bed.until(() => cellsOf(pinnace, "webhook").length === 0)
    expect(receiver.got).toHaveLength(4)
    expect(new Set(receiver.ids).size).toBe(1)
    expect(bed.now - began).toBeGreaterThanOrEqual(0.8 * (1_000 + 4_000 + 16_000))
  })

  it("are given up after days, and kept where they can be seen", async () => {
    const bed = new TestBed()
    const receiver = new Receiver()
    receiver.answers = Array.from({ length: 1_000 }, () => busy)
    const pinnace = bed.open({ webhooks: [{ url }], post: receiver.post })
    await bed.play(fails, undefined, pinnace)
    await bed.until(() => cellsOf(pinnace, "webhook-dead").length === 1)
    expect(cellsOf(pinnace, "webhook")).toEqual([])
    const dead: Letter = JSON.parse(cellsOf(pinnace, "webhook-dead")[0]!.data)
    expect([dead.why, dead.tries]).toEqual(["busy", receiver.got.length])
    receiver.answers = []
    await bed.settle(Effect.runPromise(retryDead(pinnace.engine)))
    pinnace.engine.host.outbox!.wake()
    await bed.until(() => cellsOf(pinnace, "webhook").length === 0)
    expect(cellsOf(pinnace, "webhook-dead")).toEqual([])
    // It tells when the run has failed, not when it was tried again.
    expect(new Set(receiver.got.map(({ body }) => body)).size).toBe(1)
  })

  it("are told by the next process where one died before it could, or while it did", async () => {
    for (const answers of [["none"], [busy]] as const) {
      const bed = new TestBed()
      const receiver = new Receiver()
      receiver.answers = [...answers]
      const options = { webhooks: [{ url }], post: receiver.post }
      const first = bed.open(options)
      await bed.play(fails, undefined, first)
      // Until then its request is not made, and the next process makes it.
      await bed.quiet()
      bed.crash(first)
      const second = bed.open(options)
      await bed.until(() => cellsOf(second, "webhook").length === 0)
      expect(receiver.ids.length).toBeGreaterThanOrEqual(1)
      expect(new Set(receiver.ids).size).toBe(1)
    }
  })

  it.each(["that looked at the same instant", "that looked at nothing"])(
    "are told by a process %s and goes on, where another one dies",
    async (which) => {
      const bed = new TestBed()
      const [dying, receiver] = [new Receiver(), new Receiver()]
      dying.answers = Array.from({ length: 9 }, () => "none" as const)
      const first = bed.open({ webhooks: [{ url }], post: dying.post })
      const second = bed.open({ webhooks: [{ url }], post: receiver.post })
      await bed.play(fails, undefined, first)
      // The claim of the second is refused.
      if (which === "that looked at the same instant") second.engine.host.outbox!.wake()
      await bed.quiet()
      bed.crash(first)
      await bed.until(() => cellsOf(second, "webhook").length === 0)
      expect(receiver.ids).toHaveLength(1)
    }
  )

  it("are looked at once for what is asked together, and again afterwards", async () => {
    const bed = new TestBed()
    const pinnace = bed.open({ webhooks: [{ url }], post: new Receiver().post })
    await bed.quiet()
    const { reads } = pinnace.engine.host.journal
    // An answer that is there at once would leave nothing to be asked together.
    const read = reads.cells.bind(reads)
    const cells = vi.spyOn(reads, "cells")
      .mockImplementation((...asked) => Effect.andThen(Effect.yieldNow, () => read(...asked)))
    for (let wakes = 0; wakes < 100; wakes++) pinnace.engine.host.outbox!.wake()
    await bed.quiet()
    expect(cells).toHaveBeenCalledTimes(2)
    cells.mockRestore()
  })

  it.each([[50, 400], [2_000, 4_000]])(
    "%i that wait are delivered with at most %i cells read: those that come later cost no look at all",
    async (many, most) => {
      const bed = new TestBed()
      const receiver = new Receiver()
      const pinnace = bed.open({ webhooks: [{ url }], post: receiver.post })
      const journal = answersOf(pinnace.engine.host.journal)
      const letter: Letter = {
        ...lettersOf([{ url }], { id: "r", key: 1, workflow: "w" }, held, { at: 0, seq: 1 })[0]!
      }
      journal.append(Array.from({ length: many }, (_, at) => {
        const data = JSON.stringify({ ...letter, id: `msg_${String(at).padStart(6, "0")}` })
        return { kind: "cell", space: "webhook", key: `msg_${String(at).padStart(6, "0")}`, was: null, data }
      }))
      await bed.quiet()
      const { reads } = pinnace.engine.host.journal
      let read = 0
      const { cells } = reads
      vi.spyOn(reads, "cells").mockImplementation((...args) =>
        Effect.map(cells(...args), (found) => {
          read += found.length
          return found
        })
      )
      pinnace.engine.host.outbox!.wake()
      await bed.until(() => receiver.got.length === many)
      await bed.quiet()
      expect(read).toBeLessThanOrEqual(most)
      read = 0
      for (let runs = 0; runs < 20; runs++) await bed.play(fails, undefined, pinnace)
      await bed.until(() => receiver.got.length === many + 20)
      expect(read).toBe(0)
      vi.restoreAllMocks()
    }
  )

  it("are told by a process that closes at once, also one that an earlier process left", async () => {
    const bed = new TestBed()
    const receiver = new Receiver()
    const begin = bed.now
    for (const lives of [1, 2]) {
      const pinnace = bed.open({ webhooks: [{ url }], post: receiver.post })
      await bed.play(fails, undefined, pinnace)
      await bed.settle(pinnace.close())
      expect(receiver.ids).toHaveLength(lives)
    }
    expect(bed.now).toBe(begin)
  })

  it("do not hold a process that closes up where nobody answers", async () => {
    const bed = new TestBed()
    const begin = bed.now
    const pinnace = bed.open({ webhooks: [{ url }], post: () => new Promise(() => {}) })
    await bed.play(fails, undefined, pinnace)
    await bed.settle(pinnace.close())
    expect(bed.now - begin).toBe(3_000)
  })

  it("are warned of as soon as they are set up where their secret is missing, and open all the same", async () => {
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {})
    onTestFinished(() => warned.mockRestore())
    const bed = new TestBed()
    const secrets = (name: string) => {
      if (name === "BROKEN") throw new Error("the vault is closed")
      return name === "THERE" ? "s3cret" : undefined
    }
    const hooks = ["MISSING", "THERE", "BROKEN"].map((secret) => ({ url: `${url}/${secret}?token=x`, secret }))
    bed.open({ webhooks: [...hooks, { url }], secrets })
    await bed.until(() => warned.mock.calls.length > 0)
    expect(warned.mock.calls).toEqual([[
      `${new URL(url).host}: there is no secret "MISSING": set $MISSING`,
      { type: "PinnaceWebhook" }
    ]])
  })

  it.each([["secret", "KEY"], ["answer", undefined]])(
    "are tried again where the %s never comes",
    async (_, secret) => {
      const bed = new TestBed()
      const receiver = new Receiver()
      let asked = 0
      // It is asked once when the engine opens.
      const never = () => ++asked < 3 ? new Promise<never>(() => {}) : Promise.resolve("s3cret")
      receiver.answers = secret === undefined ? ["none"] : []
      const webhook = { url, ...secret === undefined ? {} : { secret } }
      const pinnace = bed.open({ webhooks: [webhook], post: receiver.post, secrets: never })
      await bed.play(fails, undefined, pinnace)
      await bed.until(() => cellsOf(pinnace, "webhook").length === 0)
      expect(receiver.got).toHaveLength(1)
    }
  )

  it("of one address are told while another one does not answer, however many wait for that", async () => {
    const bed = new TestBed()
    const dead = "https://dead.example.com"
    const told: Array<string> = []
    const post: Post = (to) => {
      told.push(to)
      return to === url ? Promise.resolve({ status: 204, why: "" }) : new Promise(() => {})
    }
    const webhooks = [{ url: dead }, { url, workflows: ["last"] }]
    const pinnace = bed.open({ webhooks, post })
    for (let runs = 0; runs < 9; runs++) await bed.play(fails, undefined, pinnace)
    const last = workflow("last", {}, (w) => w.node("only", task("only", { run: () => Effect.die(new Error("no")) })))
    const begin = bed.now
    await bed.play(last, undefined, pinnace)
    await bed.until(() => told.includes(url))
    expect([bed.now, told.filter((to) => to === dead).length]).toEqual([begin, 4])
  })

  it("whose address nobody names for a month are given up", async () => {
    const bed = new TestBed()
    const receiver = new Receiver()
    receiver.answers = ["none"]
    const first = bed.open({ webhooks: [{ url }], post: receiver.post })
    await bed.play(fails, undefined, first)
    await bed.quiet()
    bed.crash(first)
    const pause = async (days: number): Promise<void> => {
      const waits = workflow(`waits${days}`, {}, (w) => w.suspend("pause", { duration: `${days} days` }))
      await bed.play(waits, undefined, other)
    }
    const other = bed.open({ webhooks: [{ url: "https://example.com/other" }], post: receiver.post })
    await pause(29)
    expect(cellsOf(other, "webhook")).toHaveLength(1)
    await pause(2)
    await bed.play(fails, undefined, other)
    await bed.until(() => cellsOf(other, "webhook-dead").length === 1 && cellsOf(other, "webhook").length === 0)
    expect(JSON.parse(cellsOf(other, "webhook-dead")[0]!.data).why).toContain("names its address")
    // It is kept for a month from then on, as others are.
    await bed.settle(Effect.runPromise(pruneDead(other.engine)))
    await bed.quiet()
    expect(cellsOf(other, "webhook-dead")).toHaveLength(1)
    await pause(32)
    await bed.settle(Effect.runPromise(pruneDead(other.engine)))
    await bed.quiet()
    await bed.until(() => cellsOf(other, "webhook-dead").length === 0)
  })

  it("that nobody configures any more stay, and a process that does later delivers them", async () => {
    const bed = new TestBed()
    const receiver = new Receiver()
    receiver.answers = ["none"]
    const first = bed.open({ webhooks: [{ url }], post: receiver.post })
    await bed.play(fails, undefined, first)
    await bed.quiet()
    bed.crash(first)
    const other = bed.open({ webhooks: [{ url: "https://example.com/other" }], post: receiver.post })
    await bed.quiet()
    expect([receiver.ids, cellsOf(other, "webhook").length]).toEqual([[], 1])
  })

  it.each([
    [{ url: "ftp://x" }, "such as https://"],
    [{ url: "https://me:word@example.com" }, "…@example.com"],
    [{ url, events: ["run.begun"] }, "run.succeeded"]
  ])("%o is refused", async (webhook, why) => {
    const { open } = await import("../../mod.ts")
    await expect(open(":memory:", { webhooks: [webhook as never] })).rejects.toThrow(why)
  })
})

describe("hooks of the app", () => {
  it("are told of ends and of persons that are asked, once each, and what they throw concerns no run", async () => {
    const bed = new TestBed()
    const ended: Array<EndedRun> = []
    const asking: Array<AskingNode> = []
    const pinnace = bed.open({
      onEnded: (it) => {
        ended.push(it)
        throw new Error("the app's own")
      },
      // What an async function rejects with would end the process.
      onWaiting: async (it) => {
        asking.push(it)
        await Promise.reject(new Error("the app's own"))
      }
    })
    const failed = await bed.play(fails, undefined, pinnace)
    const asks = workflow("asks", {}, (w) => {
      w.sleep("pause", "1 minute")
      w.suspend(signal("ok", Schema.Boolean), {
        after: [w.suspend("sure", { output: Schema.Number, duration: "1 day", default: 7 })]
      })
    })
    const run = await bed.settle(pinnace.start(asks))
    await bed.until(() => asking.length === 2)
    await bed.settle(run.signal("ok", true))
    await bed.ended(run)
    expect(asking).toEqual([
      {
        run: run.id,
        workflow: "asks",
        node: "sure",
        until: expect.any(Number),
        asks: expect.objectContaining({ default: 7 })
      },
      { run: run.id, workflow: "asks", node: "ok", asks: expect.objectContaining({ value: expect.any(String) }) }
    ])
    expect(ended).toEqual([
      expect.objectContaining({ run: failed.run.id, workflow: "fails", phase: "Error", reason: "ChildErrored" }),
      { run: run.id, workflow: "asks", phase: "Succeeded" }
    ])
  })
})

describe("a letter", () => {
  it("that was given up is kept for a month, and of them the latest", () => {
    const day = 24 * 3_600_000
    const dead = Array.from({ length: 10_010 }, (_, at) => ({ at, nextAt: at }))
    expect(superfluous(dead, 20 * day).map(({ at }) => at).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 10 }, (_, at) => at)
    )
    expect(superfluous([{ at: 0, nextAt: 0 }, { at: day, nextAt: day }], 31 * day - 1)).toEqual([{ at: 0, nextAt: 0 }])
  })

  const finished = { type: "RunFinished", ending: { phase: "Failed", reason: "TaskFailed" } } as const
  const place = { seq: 9, at: 1_000 }
  const row = { id: "r", key: 4, workflow: "w" }
  const [letter] = lettersOf([{ url }], row, finished, place) as [Letter]

  it("is one for an address that is named twice, and none for other workflows", () => {
    expect(lettersOf([{ url }, { url }], row, finished, place)).toHaveLength(1)
    expect(lettersOf([{ url, workflows: ["other"] }], row, finished, place)).toEqual([])
  })

  it("has an id that headers take, whatever its run is called", () => {
    const [one] = lettersOf([{ url }], { ...row, id: "日本.é" }, finished, place) as [Letter]
    expect(new Headers(headersOf(one, "", 0, undefined)).get("webhook-id")).toMatch(/^msg_[0-9a-f]{32}$/)
  })

  it("says why it got no answer, without the address", () => {
    const secret = "https://example.com/T0/Secret"
    const errors = [
      new TypeError(`error sending request for url (${secret}): refused`),
      new TypeError("fetch failed", { cause: new Error(`no way to ${secret}/?`) }),
      `${secret}`,
      undefined
    ]
    const why = errors.map((error) => reasonOf(error, secret))
    expect(why.join()).not.toContain("Secret")
    expect(why[0]).toBe("error sending request for url (the address): refused")
  })

  it.each<[string, Answer, "delivered" | "dead" | number]>([
    ["success", { status: 200, why: "" }, "delivered"],
    ["gone for good", { status: 410, why: "" }, "dead"],
    ["redirected", { status: 302, why: "" }, 1_000],
    ["busy, with a time", { status: 429, why: "", wait: 30_000 }, 30_000],
    ["no answer", { status: 0, why: "" }, 1_000]
  ])("that is answered with %s", (_, answer, expected) => {
    const after = afterAnswer(letter, answer, 5_000, 0.5)
    if (expected === "delivered") return expect(after).toBeUndefined()
    if (expected === "dead") return expect(after!.isDead).toBe(true)
    expect([after!.isDead, after!.letter.nextAt - 5_000, after!.letter.tries]).toEqual([false, expected, 1])
  })

  it("that no process was there to try is not given up at once", () => {
    const days = 24 * 3_600_000
    const first = afterAnswer(letter, { status: 0, why: "" }, 30 * days, 0.5)!
    expect(first.isDead).toBe(false)
    expect(afterAnswer(first.letter, { status: 0, why: "" }, 34 * days, 0.5)!.isDead).toBe(true)
  })

  it("is signed with a secret of Standard Webhooks, too", () => {
    const secret = `whsec_${Buffer.from("raw").toString("base64")}`
    expect(headersOf(letter, "{}", 7_000, secret)).toMatchObject({
      "webhook-timestamp": "7",
      "webhook-signature": `v1,${createHmac("sha256", "raw").update(`${letter.id}.7.{}`).digest("base64")}`
    })
  })
})
