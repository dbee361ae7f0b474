/**
 * Code that changes between lives, as under `pinnace dev`: N18 a run goes on with a definition that can follow it, or
 * is held with a reason; and no result of one code is reused by another.
 */
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { Schema, task, workflow } from "../../mod.ts"
import { isTerminal } from "../../src/run/Phase.ts"
import { makeRandom } from "../../src/testing/World.ts"
import { TestBed } from "../engine/TestBed.ts"

/** The same graph in A and C, whose code differs; B has another second node. */
const letters = ["A", "B", "C"] as const
type Letter = (typeof letters)[number]
const nodesOf = (letter: Letter): ReadonlyArray<string> => ["first", letter === "B" ? "other" : "second"]

/** What a save has made of the workflow. */
const saved = (letter: Letter) => {
  const work = task("work", {
    input: Schema.Number,
    output: Schema.String,
    cache: { version: letter },
    run: (n) => Effect.as(Effect.sleep("1 minute"), `${letter}${n}`)
  })
  const [one, two] = nodesOf(letter)
  return workflow("job", { input: Schema.Number }, (w) => {
    const first = w.node(one!, work, { input: w.input })
    return w.node(two!, work, { input: (_: unknown, n: number) => n + 10, after: [first] })
  })
}

/** What a run's record says against N18; `made` is the code of each process. */
const broken = (
  bed: TestBed,
  run: Parameters<TestBed["events"]>[0],
  made: ReadonlyMap<number, Letter>
): ReadonlyArray<string> => {
  let letter: Letter | undefined
  const found: Array<string> = []
  for (const event of bed.events(run)) {
    if (event.type === "RunStarted") letter = made.get(event.owner)
    if (event.type === "RunHeld" && event.message === "") found.push(`${run.id} is held without a reason`)
    if (event.type !== "NodeFinished" || event.ending.phase !== "Succeeded") continue
    if (letter === undefined) found.push(`${run.id} ${event.path} ended in no process`)
    else if (!nodesOf(letter).includes(event.path)) found.push(`${run.id} ${event.path} is none of ${letter}`)
    else if (!String(event.ending.output).startsWith(letter)) {
      found.push(`${run.id} ${event.path} is ${event.ending.output} under ${letter}`)
    }
  }
  return found
}

it("N18 Runs go on with what can follow them or are held, and no code reuses what another gave, with crashes at any step", async () => {
  let [held, reused] = [0, 0]
  for (let seed = 1; seed <= 40; seed++) {
    const bed = new TestBed(seed)
    const random = makeRandom(seed)
    const upTo = (most: number): number => Math.floor(random() * (most + 1))
    const made = new Map<number, Letter>()
    const lives = (letter: Letter) => {
      const pinnace = bed.open({ workflows: [saved(letter)] })
      made.set(bed.numberOf(pinnace), letter)
      return pinnace
    }
    const ids: Array<string> = []
    for (let life = 0; life < 5; life++) {
      const letter = letters[upTo(2)]!
      const pinnace = lives(letter)
      for (let many = upTo(2); many > 0; many--) {
        const id = `job-${ids.length}`
        ids.push(id)
        await bed.settle(pinnace.start(saved(letter), upTo(1), { id }))
      }
      let left = upTo(120)
      await bed.until(() => left-- <= 0 || bed.isIdle)
      bed.crash(pinnace)
    }
    const last = lives(letters[upTo(2)]!)
    for (const id of ids) {
      const run = (await bed.settle(last.get(id)))!
      await bed.until(() => isTerminal(bed.rowOf(run).phase) || bed.rowOf(run).held !== null)
      held += bed.rowOf(run).held === null ? 0 : 1
      reused += bed.events(run, "NodeFinished").filter((it) => it.reused !== undefined).length
      expect(broken(bed, run, made), `seed ${seed}`).toEqual([])
      if (bed.rowOf(run).held === null) expect(bed.violations(run), `seed ${seed}`).toEqual([])
    }
  }
  expect(held).toBeGreaterThan(0)
  expect(reused).toBeGreaterThan(0)
})
