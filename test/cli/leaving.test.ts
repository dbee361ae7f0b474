/** What still follows a run while the engine is closed: nobody waits for it, so it must not end the process. */
import { describe, expect, it } from "vitest"
import { open, workflow } from "../../mod.ts"
import { CronNotices } from "../../src/cli/running/CronNotices.ts"
import { LiveTree } from "../../src/cli/running/LiveTree.ts"
import { Shell } from "../../src/cli/Shell.ts"
import { PassThrough } from "node:stream"

const waits = workflow("waits", {}, (w) => w.suspend("ask"))

const shellFor = () => {
  const streams = { out: new PassThrough(), err: new PassThrough() }
  const options = {
    program: "pinnace",
    workflows: [],
    args: [],
    as: undefined,
    db: ":memory:",
    color: false,
    utf8: true,
    debug: false
  }
  return { shell: new Shell({ ...options, streams }), streams }
}

const begun = async () => {
  const pinnace = await open(":memory:", { workflows: [waits] })
  const run = await pinnace.start(waits)
  await run.waitFor("ask", "waiting")
  return { pinnace, run }
}

/** Rejections that nobody handles; the runtime tells of them after a turn. */
const unhandled = async (act: () => Promise<void>): Promise<ReadonlyArray<unknown>> => {
  const found: Array<unknown> = []
  const note = (error: unknown): void => void found.push(error)
  process.on("unhandledRejection", note)
  await act()
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
  process.off("unhandledRejection", note)
  return found
}

describe("An engine that is closed", () => {
  it("ends the notices of a CronWorkflow whose runs go on the next time", async () => {
    const { pinnace, run } = await begun()
    const cron = { name: "tick", schedules: [] } as never
    const { shell } = shellFor()
    const notices = new CronNotices(shell, pinnace, cron, false, () => {})
    expect(
      await unhandled(async () => {
        notices.tell({ type: "started", id: run.id, due: 0, instead: [] } as never)
        await pinnace.close()
      })
    ).toEqual([])
  })

  it("ends a tree whose frame was not drawn yet", async () => {
    const { pinnace, run } = await begun()
    const [asked, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<never>()]
    pinnace.locks = () => (asked.resolve(), answer.promise)
    const tree = new LiveTree({ shell: shellFor().shell, pinnace, run, after: 0, notice: () => "" })
    expect(
      await unhandled(async () => {
        const followed = tree.follow()
        await asked.promise
        await pinnace.close()
        await followed
        answer.reject(new Error("the engine was closed"))
      })
    ).toEqual([])
  })

  it("fails whoever follows a run whose frames cannot be drawn", async () => {
    const { pinnace, run } = await begun()
    pinnace.locks = () => Promise.reject(new Error("no frame"))
    const tree = new LiveTree({ shell: shellFor().shell, pinnace, run, after: 0, notice: () => "" })
    await expect(tree.follow()).rejects.toThrow("no frame")
    await pinnace.close()
  })
})
