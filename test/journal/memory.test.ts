import { type Answered, answersOf } from "./answers.ts"
import { expect, it } from "vitest"
import { fence, kill, makeDisk, openMemory } from "../../src/journal/memory.ts"
import { journalSuite } from "./journalSuite.ts"
import { createRun, event, noticesOf, runRow } from "./JournalWorld.ts"
import type { JournalWorld } from "./JournalWorld.ts"

const makeWorld = () => {
  const disk = makeDisk()
  const turns: Array<() => void> = []
  const world: Omit<JournalWorld, "open"> & { readonly open: () => Answered } = {
    open: () => answersOf(openMemory(disk, (run) => turns.push(run))),
    fence,
    tick: () => {
      for (const run of turns.splice(0)) run()
      return Promise.resolve()
    },
    dispose: () => {}
  }
  return { disk, world }
}

journalSuite("Memory journal", () => makeWorld().world)

const answersTo = (journal: Answered, key: number, seqs: ReadonlyArray<number>): Array<string> => {
  const answers: Array<string> = []
  for (const seq of seqs) journal.append([event(key, seq)], (error) => answers.push(error?.reason ?? "stored"))
  return answers
}

it("kill() loses what is queued, calls nobody back and lets the others know", async () => {
  const { world } = makeWorld()
  const [a, b] = [world.open(), world.open()]
  const run = await createRun(world, a, "r")
  const heard = noticesOf(b)
  const answers = answersTo(a, run.key, [1])
  kill(a)
  for (let turns = 0; turns < 5; turns++) await world.tick()
  expect(answers).toEqual([])
  expect(heard).toEqual([{ type: "died", process: a.process }])
  expect(b.lastSeq(run.key)).toBe(0)
  expect(b.claim({})).toEqual([{ ...run, owner: b.process }])
})

it.each(
  [
    { when: "before", what: "fail", stored: 0, answers: ["Io", "Io"] },
    { when: "after", what: "fail", stored: 2, answers: ["Io", "Io"] },
    { when: "before", what: "kill", stored: 0, answers: [] },
    { when: "after", what: "kill", stored: 2, answers: [] }
  ] as const
)("Disk.fault can $what a process $when the group is stored", async ({ when, what, stored, answers }) => {
  const { disk, world } = makeWorld()
  const a = world.open()
  const { key } = await createRun(world, a, "r")
  disk.fault = ({ group, process, writes }) =>
    group === 2 && process === a.process && writes.length === 2 ? { when, what } : undefined
  const heard = answersTo(a, key, [1, 2])
  const notices = noticesOf(a)
  for (let turns = 0; turns < 5; turns++) await world.tick()
  expect(heard).toEqual(answers)
  expect(notices.map(({ type }) => type)).toEqual(what === "fail" ? ["lost"] : [])
  expect(world.open().lastSeq(key)).toBe(stored)
})

it("answersOf(openMemory()) leaves everything to the turn it was given", () => {
  const { world } = makeWorld()
  const a = world.open()
  let answered = false
  a.append([{ kind: "create", row: runRow(a, "r") }], () => {
    answered = true
  })
  expect([answered, a.findRun("r")]).toEqual([false, undefined])
})
