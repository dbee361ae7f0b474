/** A manifest's run goes on with the definition it was started with, whatever became of the file. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { load, loadKept, type LoadOptions, viewRun } from "../../src/argo/mod.ts"
import type { RunHandle } from "../../src/embed/RunHandle.ts"
import type { Pinnace } from "../../src/embed/Pinnace.ts"
import { TestEngine } from "../../src/testing/mod.ts"
import { twoSteps } from "../sqlite/files/twoSteps.ts"

const never = () => new Promise<void>(() => {})
const renamed = twoSteps.replace("name: one,", "name: uno,").replace("name: two,", "name: due,")

/** Runs of the first template are counted; the second one hangs until it may end. */
class Counted {
  readonly ran: Array<string> = []
  isHanging = true

  readonly options: LoadOptions = {
    templates: {
      first: ({ node }) => void this.ran.push(node),
      second: ({ node }) => {
        this.ran.push(node)
        return this.isHanging ? never() : undefined
      }
    }
  }
}

const shown = (pinnace: Pinnace, run: RunHandle<unknown>): ReadonlyArray<string> =>
  Effect.runSync(viewRun(pinnace.engine, run.id))!.nodes.map(({ displayName, phase }) => `${displayName} ${phase}`)

/** A run that was killed while its second step ran. */
const killed = async () => {
  const [engine, counted] = [new TestEngine(), new Counted()]
  const { id } = await engine.pinnace.start(load(twoSteps, counted.options), { parameters: {} })
  await engine.settle()
  counted.isHanging = false
  return { engine, counted, id }
}

const end = async (engine: TestEngine, run: RunHandle): Promise<RunHandle> => {
  await engine.finish(run)
  return run
}

const whole = ["two-steps Succeeded", "[0] Succeeded", "one Succeeded", "[1] Succeeded", "two Succeeded"]

describe("A manifest's run that was killed", () => {
  it("goes on with its own definition when the manifest's steps are called otherwise now", async () => {
    const { counted, engine, id } = await killed()
    await engine.crash({ workflows: [load(renamed, counted.options)] })
    const run = await end(engine, (await engine.pinnace.get(id))!)
    expect(shown(engine.pinnace, run)).toEqual(whole)
    expect(counted.ran).toEqual(["two-steps[0].one", "two-steps[1].two", "two-steps[1].two"])
  })

  it("is told from new runs of the changed manifest in the same process", async () => {
    const { counted, engine, id } = await killed()
    const changed = load(renamed, counted.options)
    await engine.crash({ workflows: [changed] })
    const { pinnace } = engine
    const other = await end(engine, await pinnace.start(changed, { parameters: {} }))
    await end(engine, (await pinnace.get(id))!)
    expect(shown(pinnace, other)).toEqual(whole.map((it) => it.replace("one", "uno").replace(/^two S/, "due S")))
    expect((await other.status()).definition).not.toBe((await (await pinnace.get(id))!.status()).definition)
  })

  it("is resubmitted, retried and forked as it was", async () => {
    const { counted, engine, id } = await killed()
    await engine.crash({ workflows: [load(renamed, counted.options)] })
    const { pinnace } = engine
    const run = await end(engine, (await pinnace.get(id))!)
    const again = await run.resubmit()
    const forked = await run.fork("main/entry/group-1/two")
    for (const one of [again, forked]) {
      await end(engine, one)
      expect(shown(pinnace, one)).toContain("two Succeeded")
      expect(shown(pinnace, one).filter((it) => /uno|due/.test(it))).toEqual([])
      expect((await one.status()).definition).toBe((await run.status()).definition)
    }
    await run.retry({ nodes: ["main/entry/group-1/two"], restartSuccessful: true })
    await end(engine, run)
    expect([...shown(pinnace, run)].sort()).toEqual([...whole].sort())
  })
})

describe("The definition of a run", () => {
  it("is enough to go on with it when there is no manifest any more", async () => {
    const { counted, engine, id } = await killed()
    await engine.crash({ workflows: [], revive: { manifest: (text) => loadKept(text, [], counted.options) } })
    const run = await end(engine, (await engine.pinnace.get(id))!)
    expect(shown(engine.pinnace, run)).toEqual(whole)
    expect(await run.definition()).toMatchObject({ kind: "manifest", digest: (await run.status()).definition })
  })

  it("is another one for a new run when that is asked for, which keeps no results", async () => {
    const { counted, engine, id } = await killed()
    const changed = load(renamed, counted.options)
    await engine.crash()
    const run = await end(engine, (await engine.pinnace.get(id))!)
    await expect(run.resubmit({ workflow: changed, memoized: true })).rejects.toThrow("leave memoized out")
    const other = await end(engine, await run.resubmit({ workflow: changed }))
    expect(shown(engine.pinnace, other)).toContain("uno Succeeded")
    expect((await run.definition())!.digest).not.toBe((await other.definition())!.digest)
  })
})

describe("What is kept of a manifest", () => {
  const kept = (text: string) => (load(text) as never as { kept: { digest: string; text: string } }).kept
  const secret = (value: string) => `${twoSteps}---\nkind: Secret\nmetadata: {name: s}\nstringData: {token: ${value}}\n`

  it("has the same digest when only comments, order or secret values differ", () => {
    const { digest } = kept(secret("aaa"))
    expect(kept(secret("bbb")).digest).toBe(digest)
    expect(kept(`# a comment\n${secret("aaa")}`).digest).toBe(digest)
    expect(kept(secret("aaa").replace("name: one", "name: uno")).digest).not.toBe(digest)
    expect(kept(twoSteps).digest).not.toBe(digest)
  })

  it("never holds the value of a Secret", () => {
    const list = `${twoSteps}---\n{kind: List, items: [{kind: Secret, metadata: {name: s}, data: {t: aHVudGVyMg==}}]}\n`
    for (const text of [secret("hunter2"), secret('"hunter2"} # {hunter2'), list]) {
      expect(kept(text).text).not.toMatch(/hunter2|aHVudGVyMg/)
      expect(kept(text).text).toContain("one")
    }
  })

  it("becomes the same workflow again, with the values that Secrets have today", () => {
    const { digest, text } = kept(secret("aaa"))
    const again = loadKept(text, [{ name: "s.yaml", text: secret("ccc") }]) as never as { kept: { digest: string } }
    expect(again.kept.digest).toBe(digest)
    expect(() => loadKept(text)).toThrow('it needs the values of Secret "s"')
  })
})
