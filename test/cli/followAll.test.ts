/** `logs --all --follow`: the lines of every run, as they are written. */
import { expect, it } from "vitest"
import { open, type RunHandle, Schema, task, workflow } from "../../mod.ts"
import { followAll } from "../../src/cli/running/tellAll.ts"
import { tellLog } from "../../src/cli/running/tellLog.ts"
import type { Shell } from "../../src/cli/Shell.ts"

const says = task("says", { input: Schema.String, run: (text, { log }) => log(text) })
const talks = workflow("talks", { input: Schema.String }, (w) => w.node("says", says, { input: w.input }))
const waits = workflow("waits", {}, (w) => {
  const go = w.suspend("go", { after: [w.node("first", says, { input: "waits" })] })
  w.node("says", says, { input: "goes on", after: [go] })
})

/** Follows all runs of an engine, some of which are there already, and gathers what is printed. */
const following = async (isMeant: (id: string) => boolean = () => true) => {
  const pinnace = await open(":memory:", { workflows: [talks, waits] })
  await pinnace.run(talks, "old", { id: "old" })
  const going = await pinnace.start(waits, undefined, { id: "open" })
  await going.waitFor("go", "waiting")
  const lines: Array<string> = []
  let heard = (): void => {}
  // Each run leaves as all do.
  const leavers: Array<() => void> = []
  const shell = { onGone: (gone: () => void) => (leavers.push(gone), () => {}) } as unknown as Shell
  const tell = (run: RunHandle): Promise<void> =>
    tellLog(pinnace, run, shell, {
      choice: {},
      test: () => true,
      tail: undefined,
      follow: true,
      show: (some) => {
        lines.push(...some.map(({ text }) => `${run.id}: ${text}`))
        heard()
        return Promise.resolve()
      }
    })
  const done = followAll(pinnace, shell, { isMeant: ({ id }) => isMeant(id), tell })
  const until = async (line: string): Promise<void> => {
    while (!lines.includes(line)) await new Promise<void>((resolve) => heard = resolve)
  }
  return { done, going, leave: () => leavers.forEach((gone) => gone()), lines, pinnace, until }
}

it("tells of runs that have ended, are open or begin later, each line once, until nobody reads", async () => {
  const { done, leave, lines, going, pinnace, until } = await following()
  await until("open: waits")
  await pinnace.run(talks, "new", { id: "new" })
  await until("new: new")
  await going.signal("go")
  await until("open: goes on")
  for (let at = 0; at < 6; at++) await pinnace.start(talks, `${at}`, { id: `many-${at}` })
  for (let at = 0; at < 6; at++) await until(`many-${at}: ${at}`)
  leave()
  await done
  expect(lines.slice(0, 2)).toEqual(["old: old", "open: waits"])
  expect(lines.length).toBe(10)
  expect(new Set(lines).size).toBe(10)
  await pinnace.close()
})

it("leaves out what is not meant", async () => {
  const { done, leave, lines, pinnace, until } = await following((id) => id !== "old")
  await until("open: waits")
  leave()
  await done
  expect(lines).toEqual(["open: waits"])
  await pinnace.close()
})
