/** Actions with a key of their own: whatever is lost and sent again, each is done once. */
import { expect, it } from "vitest"
import { every, open, type Pinnace, schedule, task, workflow } from "../../mod.ts"
import { Repeats } from "../../src/server/guard/Repeats.ts"
import { handler, type HandlerOptions } from "../../src/server/mod.ts"

const token = { ada: "a-token-of-ada-alone", bob: "a-token-of-bob-alone" }
const flow = workflow("flow", {}, (w) => w.node("work", task("work", { run: () => 1 })))
const hourly = schedule("hourly", every("1 hour"), flow)
const manifest = "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {generateName: made-}\n" +
  "spec: {entrypoint: m, templates: [{name: m, suspend: {duration: 1}}]}\n"

const asking = (pinnace: Pinnace, options: Partial<HandlerOptions> = {}) => {
  const answer = handler(pinnace, { token, ...options })
  return (path: string, body: unknown, key?: string, who: keyof typeof token = "ada") =>
    answer(
      new Request(`http://127.0.0.1/pinnace/v1${path}`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${token[who]}`,
          "content-type": "application/json",
          ...key === undefined ? {} : { "idempotency-key": key }
        },
        body: JSON.stringify(body)
      })
    )
}

const opened = async () => {
  const pinnace = await open(":memory:", { workflows: [flow], schedules: [hourly] })
  await (await pinnace.start(flow, undefined, { id: "first" })).outcome()
  return pinnace
}

/** What begins a run, and a backfill, which begins many. */
const creating: Readonly<Record<string, readonly [path: string, body: unknown, outlives: boolean]>> = {
  start: ["/runs", { workflow: "flow" }, true],
  "start of a manifest": ["/runs", { manifests: [{ name: "a.yaml", text: manifest }] }, true],
  resubmit: ["/runs/first/resubmit", {}, true],
  "resubmit that keeps results": ["/runs/first/resubmit", { memoized: true }, true],
  fork: ["/runs/first/fork", { node: "work" }, true],
  trigger: ["/schedules/hourly/trigger", {}, false],
  backfill: ["/schedules/hourly/backfill", { from: 0, until: 7_300_000 }, false]
}

it.each(Object.entries(creating))("%s", async (_, [path, body, outlives]) => {
  await using pinnace = await opened()
  const counted = async () => [(await pinnace.list()).length, (await pinnace.schedule(hourly).backfills()).length]
  const ask = asking(pinnace)
  // Also those that come while the first one is still done.
  const answers = await Promise.all(Array.from({ length: 5 }, () => ask(path, body, "a")))
  const texts = await Promise.all(answers.map((it) => it.text()))
  expect([answers.map(({ status }) => status), new Set(texts).size]).toEqual([[200, 200, 200, 200, 200], 1])
  const once = await counted()
  expect(await (await ask(path, body, "a")).text()).toBe(texts[0])
  expect(await counted()).toEqual(once)
  if (outlives) {
    // A server that begins anew remembers no answer, and starts no second run either.
    const again = await asking(pinnace)(path, body, "a")
    expect([(await again.json() as { readonly id: string }).id, await counted()]).toEqual([
      JSON.parse(texts[0]!).id,
      once
    ])
  }
  const other = await ask(path, body, "b")
  expect([other.status, await other.text() === texts[0], await counted()]).not.toEqual([200, true, once])
  const ofBob = await ask(path, body, "a", "bob")
  expect([ofBob.status, await ofBob.text() === texts[0]]).toEqual([200, false])
})

it("is the answer to another request with the same key that this is wrong", async () => {
  await using pinnace = await opened()
  const ask = asking(pinnace)
  expect((await ask("/runs", { workflow: "flow" }, "a")).status).toBe(200)
  expect((await ask("/runs", { workflow: "flow", priority: 3 }, "a")).status).toBe(422)
  expect((await ask("/runs/first/resubmit", {}, "a")).status).toBe(422)
  expect((await ask("/runs", { workflow: "flow" }, "k".repeat(201))).status).toBe(400)
  expect((await pinnace.list()).length).toBe(2)
})

it("forgets what was refused, and what failed, and the oldest of very many", async () => {
  const repeats = new Repeats()
  let turn = 0
  const asked = (key: string, status: number) =>
    repeats.once("ada", new Request("http://a/", { method: "POST", headers: { "idempotency-key": key } }), async () => {
      turn++
      if (status === 0) throw new Error("broken")
      return new Response(String(turn), { status })
    })
  expect((await asked("a", 409)).status).toBe(409)
  await expect(asked("a", 0)).rejects.toThrow("broken")
  expect(await (await asked("a", 200)).text()).toBe("3")
  expect(await (await asked("a", 200)).text()).toBe("3")
  for (let at = 0; at < 1_000; at++) await asked(`other-${at}`, 200)
  expect(await (await asked("a", 200)).text()).toBe("1004")
})

it("forgets none while it is done, however many come meanwhile", async () => {
  const repeats = new Repeats()
  const done: Array<string> = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const ask = (key: string, until?: Promise<void>) =>
    repeats.once("ada", new Request("http://a/", { method: "POST", headers: { "idempotency-key": key } }), async () => {
      done.push(key)
      await until
      return new Response(key)
    })
  const slow = ask("slow", promise)
  for (let at = 0; at < 1_001; at++) await ask(`other-${at}`)
  const again = ask("slow")
  resolve()
  expect([await (await slow).text(), await (await again).text()]).toEqual(["slow", "slow"])
  expect(done.filter((key) => key === "slow")).toEqual(["slow"])
})
