/**
 * Places of a composite whose `parallelism` bounds it, when its
 * process dies: what had begun goes on before anything begins.
 */
import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { mutex, task, workflow } from "../../mod.ts"
import { TestBed } from "./TestBed.ts"

const one = mutex("one")
const sleep = (time: `${number} minutes`) => task(`sleep ${time}`.replace(" ", "-"), { run: () => Effect.sleep(time) })
const holds = task("holds", { permits: [one.take()], run: () => Effect.sleep("1 hour") })

/** Works under the mutex after some time. */
const later = (name: string, time: `${number} minutes`) =>
  workflow(name, {}, (w) => {
    const first = w.node("first", sleep(time))
    w.node("second", holds, { after: [first] })
  })

test("A child that holds a permit gets its place back before children that wait for that permit take all places", async () => {
  const bed = new TestBed()
  const definition = workflow("three", { parallelism: 2 }, (w) => {
    const slow = w.node("slow", sleep("5 minutes"))
    const quick = w.node("quick", sleep("1 minutes"))
    w.node("z", later("z", "10 minutes"))
    w.node("a", later("a", "0 minutes"), { after: [slow] })
    w.node("b", later("b", "0 minutes"), { after: [quick] })
  })
  const first = bed.open({ workflows: [definition] })
  const { id } = await bed.settle(first.start(definition))
  await bed.until(async () =>
    (await (await first.get(id))!.nodes()).some(({ path, phase }) => path === "b/second" && phase === "Running")
  )
  await bed.until(async () =>
    (await (await first.get(id))!.nodes()).some(({ path, phase }) => path === "slow" && phase === "Succeeded")
  )
  expect((await (await first.get(id))!.nodes()).some(({ path }) => path === "a")).toBe(false)
  bed.crash(first)
  const second = bed.open({ workflows: [definition] })
  expect((await bed.ended((await second.get(id))!)).phase).toBe("Succeeded")
})
