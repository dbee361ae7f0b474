/** LK-12: somebody else locks the state file while permits are asked for and given back. */
import { mkdtempSync, realpathSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, onTestFinished, test } from "vitest"
import { mutex, open, task, workflow } from "../../mod.ts"
import { openConnection } from "../../src/sqlite/Database.ts"
import { removeTree } from "../removeTree.ts"

/** Holds the write lock of a file as another program would; resolves once it has been given back. */
const lockFor = (file: string, millis: number): Promise<void> => {
  const other = openConnection(file)
  other.exec("BEGIN EXCLUSIVE")
  return new Promise((resolve) =>
    setTimeout(() => {
      other.exec("ROLLBACK")
      other.close()
      resolve()
    }, millis)
  )
}

test("LK-12 while another program locks the file, releases and requests wait, then all go on, and nothing is left", async () => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "pinnace-")))
  onTestFinished(() => removeTree(directory))
  const file = join(directory, "state.db")
  const gates = new Map<string, () => void>()
  const order: Array<string> = []
  const work = task("work", {
    permits: [mutex("one").take()],
    run: (_, { run }) => {
      order.push(run)
      return new Promise<void>((resolve) => void gates.set(run, resolve))
    }
  })
  const definition = workflow("w", {}, (w) => void w.node("work", work))
  await using pinnace = await open(file, { durability: "process" })
  const first = await pinnace.start(definition, undefined, { id: "first" })
  while (!gates.has("first")) await new Promise((resolve) => setImmediate(resolve))
  const second = await pinnace.start(definition, undefined, { id: "second" })
  for await (const { event } of second.events()) if (event.type === "NodeWaiting") break
  let isLocked = true
  const unlocked = lockFor(file, 1500).then(() => {
    isLocked = false
  })
  gates.get("first")!()
  const third = pinnace.start(definition, undefined, { id: "third" }).then((run) => [run, isLocked] as const)
  const ended = first.ending().then(({ phase }) => [phase, isLocked])
  await unlocked
  expect(order).toEqual(["first"])
  expect(await ended).toEqual(["Succeeded", false])
  const [last, wasLocked] = await third
  expect(wasLocked).toBe(false)
  for (const [id, run] of [["second", second], ["third", last]] as const) {
    while (!gates.has(id)) await new Promise((resolve) => setImmediate(resolve))
    gates.get(id)!()
    expect((await run.ending()).phase).toBe("Succeeded")
  }
  expect(order).toEqual(["first", "second", "third"])
  expect(await pinnace.locks()).toMatchObject([{ held: 0, holders: [], queue: [] }])
})
