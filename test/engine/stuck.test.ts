/** What does not move is listed with its reason, and a node that waits says what it asks for. */
import * as Schema from "effect/Schema"
import { expect, it } from "vitest"
import { open, semaphore, signal, storedLimit, task, workflow } from "../../mod.ts"

const Decision = Schema.Struct({
  approved: Schema.Boolean,
  note: Schema.optionalKey(Schema.String),
  kind: Schema.Literals(["fast", "safe"])
})
const api = semaphore("api", { limit: storedLimit(0) })
const asks = workflow("asks", {}, (w) => {
  w.suspend("decide", { output: Decision })
  w.suspend("late", { output: Decision, duration: "1 hour", default: { approved: false, kind: "safe" } })
  w.suspend("go", {})
  w.sleep("pause", "2 hours")
  w.node("limited", task("limited", { permits: [api.take()], run: () => 1 }))
})

it("stuck() tells what waits for signals, with their fields and defaults, for permits and for time", async () => {
  await using pinnace = await open(":memory:")
  const run = await pinnace.start(asks, undefined, { id: "asks-1" })
  for await (const { event } of run.events()) if (event.type === "NodeWaiting" && event.path === "limited") break
  const found = new Map((await pinnace.stuck()).map((it) => [it.node, it]))
  const form = '{ approved: boolean, note?: string, kind: "fast" | "safe" }'
  expect(found.get("decide")).toMatchObject({
    kind: "signal",
    run: "asks-1",
    workflow: "asks",
    because: `it waits for a signal with ${form}`,
    asks: { value: form, example: { approved: true, kind: "fast" } }
  })
  expect(found.get("late")).toMatchObject({ kind: "signal", asks: { default: { approved: false, kind: "safe" } } })
  expect(found.get("late")?.because).toMatch(
    /^it waits for a signal with .* until \S.*, then takes its default \{"approved":false,"kind":"safe"\}$/
  )
  expect(found.get("go")).toMatchObject({ kind: "signal", because: "it waits for a signal", asks: { value: "" } })
  expect(found.get("pause")).toMatchObject({ kind: "time", until: expect.any(Number) })
  expect(found.get("limited")).toMatchObject({ kind: "permit", because: "waits for 1 of api (its limit is 0)" })
  expect((await run.why("decide"))[0]?.because).toBe(found.get("decide")?.because)
  await run.signal("decide", found.get("decide")!.asks!.example!)
  await run.suspend()
  expect(await pinnace.stuck()).toMatchObject([{ kind: "suspended", node: "" }])
  await run.terminate()
  await run.ending()
  expect(await pinnace.stuck()).toEqual([])
})

it("a signal may be declared apart", async () => {
  const answer = signal("answer", Schema.Number)
  const flow = workflow("flow", {}, (w) => w.suspend(answer))
  await using pinnace = await open(":memory:")
  const run = await pinnace.start(flow)
  for await (const { event } of run.events()) if (event.type === "NodeWaiting") break
  expect((await pinnace.stuck())[0]?.asks).toEqual({ value: "number", example: 1 })
  await run.terminate()
})
