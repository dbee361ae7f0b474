import { expect, test } from "vitest"
import { task, workflow } from "../../mod.ts"
import { nodeOf, TestBed } from "./TestBed.ts"

test("A workflow that starts suspended begins nothing before it is resumed, also in another life", async () => {
  let worked = 0
  const paused = workflow(
    "paused",
    { suspended: true },
    (w) => void w.node("work", task("work", { run: () => void worked++ }))
  )
  const bed = new TestBed()
  const first = bed.open({ workflows: [paused] })
  const run = await bed.settle(first.start(paused))
  await bed.quiet()
  expect(await run.status()).toMatchObject({ phase: "Running", suspended: true })
  bed.crash(first)
  const again = (await bed.open({ workflows: [paused] }).get(run.id))!
  await bed.settle(Promise.resolve())
  expect(await again.status()).toMatchObject({ suspended: true })
  expect(worked).toBe(0)
  await bed.settle(again.resume())
  expect(await bed.settle(again.ending())).toMatchObject({ phase: "Succeeded" })
  expect(await nodeOf(again, "work")).toMatchObject({ phase: "Succeeded" })
  expect(worked).toBe(1)
})
