/** Large answers: some at a time, and those that nobody reads are not waited for. */
import { expect, it } from "vitest"
import { open, task, workflow } from "../../mod.ts"
import { Turns, untilRead } from "../../src/server/guard/Turns.ts"
import { handler } from "../../src/server/mod.ts"

const never = new AbortController().signal

it("come one after the other, in their order; who left, or comes when too many wait, gets none", async () => {
  const turns = new Turns(1, 2)
  const first = (await turns.take(never))!
  const left = new AbortController()
  const [leaves, second, refused] = [turns.take(left.signal), turns.take(never), turns.take(never)]
  expect(await refused).toBeUndefined()
  left.abort()
  expect(await leaves).toBeUndefined()
  const third = turns.take(never)
  first()
  first()
  const end = (await second)!
  let isThird = false
  void third.then(() => isThird = true)
  await new Promise((resolve) => setTimeout(resolve))
  expect(isThird).toBe(false)
  // What was given to one that waits is taken at once, also from who comes in the same moment.
  const full = new Turns(1, 1)
  const given = (await full.take(never))!
  const waits = full.take(never)
  given()
  const late = await Promise.race([full.take(never), Promise.resolve("waits")])
  expect([late, typeof await waits]).toEqual(["waits", "function"])
  end()
  ;(await third)!()
  expect(await turns.take(AbortSignal.abort())).toBeUndefined()
  expect(await turns.take(never)).toBeDefined()
})

it("are over once they were read, left or failed", async () => {
  let over = 0
  const answer = (body: string | ReadableStream | null) => untilRead(new Response(body, { status: 206 }), () => over++)
  const read = answer("text")
  expect([over, read.status, await read.text(), over]).toEqual([0, 206, "text", 1])
  await answer("text").body!.cancel()
  answer(null)
  const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("gone")) })
  await answer(broken as ReadableStream).text().catch(() => {})
  expect(over).toBe(4)
})

it("of a server are made four at a time, and a refusal says so", async () => {
  await using pinnace = await open(":memory:")
  const run = await pinnace.start(workflow("one", {}, (w) => w.node("a", task("a", { run: () => {} }))))
  await run.ending()
  const answer = handler(pinnace, { token: "a-token-of-the-tests" })
  const headers = { authorization: "Bearer a-token-of-the-tests" }
  const ask = () => answer(new Request(`http://127.0.0.1/pinnace/v1/runs/${run.id}/export`, { headers }))
  const held = await Promise.all([ask(), ask(), ask(), ask()])
  const waiting = Array.from({ length: 64 }, async () => {
    const { body, status } = await ask()
    await body!.cancel()
    return status
  })
  const refused = await ask()
  expect([refused.status, await refused.json()]).toEqual([503, expect.objectContaining({ _tag: "TooBusy" })])
  await Promise.all(held.map((it) => it.body!.cancel()))
  expect(new Set(await Promise.all(waiting))).toEqual(new Set([200]))
})
