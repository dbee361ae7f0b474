/**
 * A run whose recorded values no longer fit the definition of
 * today is held with the reason, before anything of it goes on.
 */
import { expect, test } from "vitest"
import { Schema, task, workflow } from "../../mod.ts"
import { phases, TestBed } from "./TestBed.ts"

const flow = (output: typeof Schema.Number | typeof Schema.Boolean) =>
  workflow("flow", {}, (w) => {
    const made = w.node("made", task("made", { output: output as never, run: () => 5 as never }))
    const ask = w.suspend("ask", { after: [made] })
    w.node("read", task("read", { input: output as never, run: () => undefined }), {
      input: made as never,
      after: [ask]
    })
    w.onExit(() => undefined)
  })

test("A changed output schema of a finished node holds the run before its reader and its exit handler begin", async () => {
  const bed = new TestBed()
  const before = flow(Schema.Number)
  const first = bed.open({ workflows: [before] })
  const { id } = await bed.settle(first.start(before))
  await bed.until(async () => (await phases((await first.get(id))!))["ask"] === "Running")
  await bed.quiet()
  await bed.settle(first.close())
  const reopened = bed.open({ workflows: [flow(Schema.Boolean)] })
  const run = (await reopened.get(id))!
  await bed.quiet()
  expect((await run.status()).held).toMatch(
    /output of node "made" does not match its schema of today.*node "read" is to read it/s
  )
  expect((await phases(run))[".onExit"]).toBeUndefined()
  const why = (await run.status()).held!
  await expect(bed.settle(run.resume())).rejects.toThrow(why)
  await expect(bed.settle(run.signal("made", 1))).rejects.toThrow(why)
  expect(await Promise.all([true, false].map(async (held) => (await reopened.list({ held })).map((row) => row.id))))
    .toEqual([[id], []])
  // The way on that the reason names: the node runs again, with the schema of today.
  expect((await run.status()).held).toContain(`pinnace fork ${id} made`)
  const forked = await bed.settle(run.fork("made"))
  await bed.quiet()
  expect((await phases(forked))["made"]).toBe("Error")
  expect((await forked.status()).held).toBeUndefined()
})

test("A retry is refused for values it would read, and not for those it makes again", async () => {
  const job = (output: typeof Schema.Number | typeof Schema.String, give: unknown) =>
    workflow("job", {}, (w) => {
      const made = w.node("made", task("made", { output: output as never, run: () => give as never }))
      const fail = () => {
        throw new Error(give === 5 ? "not yet" : "again")
      }
      w.node("read", task("read", { input: output as never, run: fail }), { input: made as never })
    })
  const bed = new TestBed()
  const first = bed.open({ workflows: [job(Schema.Number, 5)] })
  const { id } = await bed.settle(first.start(job(Schema.Number, 5)))
  await bed.until(async () => (await (await first.get(id))!.status()).phase === "Error")
  await bed.settle(first.close())
  const run = (await bed.open({ workflows: [job(Schema.String, "five")] }).get(id))!
  await expect(bed.settle(run.retry())).rejects.toThrow('the output of node "made" does not match its schema of today')
  await bed.settle(run.retry({ nodes: ["made"], restartSuccessful: true }))
  await bed.until(async () => (await run.status()).phase === "Error")
  expect((await run.nodes()).find(({ path }) => path === "read")!.message).toMatch("again")
})
