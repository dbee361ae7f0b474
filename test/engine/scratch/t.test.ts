import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { task, workflow } from "../../../mod.ts"
import { TestBed, nodeOf, phases } from "../TestBed.ts"
test("x", async () => {
  const slow = task("slow", { run: () => Effect.sleep("1 hour") })
  const told = {note: () => {}}
  const bed = new TestBed()
  const inner = workflow("inner", {}, (w) => {
    w.node("leaf", slow, { onExit: told.note })
    w.onExit(told.note)
  })
  const one = workflow("w", {}, (w) => {
    w.node("sub", inner, { onExit: told.note })
    w.onExit(told.note)
  })
  const run = await bed.settle(bed.open().start(one)); console.log("started", bed.now, phases(run))
  await bed.until(() => phases(run)["sub/leaf"] === "Running")
console.log("until", bed.now); const p = run.terminate("now"); console.log("sent", bed.now, bed.describe()); await bed.settle(p)
  console.log(bed.now)
  await bed.ended(run)
  for await (const e of run.events()) console.log(e.at, JSON.stringify(e.event))
})
