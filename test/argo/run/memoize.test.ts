/** Memoized templates: what is remembered takes no lock; what earlier versions kept in files is taken over. */
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, test } from "vitest"
import { load } from "../../../src/argo/mod.ts"
import { TestEngine } from "../../../src/testing/mod.ts"
import { removeTree } from "../../removeTree.ts"

const directory = mkdtempSync(join(tmpdir(), "pinnace-memoize-"))
afterAll(() => removeTree(directory))

const manifest = (entrypoint: string, more = ""): string =>
  `kind: Workflow
metadata: {name: ${entrypoint}}
spec:
  entrypoint: ${entrypoint}
  templates:
  - {name: main, steps: [[{name: a, template: once}]]}
  - {name: holder, steps: [[{name: a, template: hold}]]}
  - {name: hold, suspend: {}, synchronization: {mutexes: [{name: m}]}}
  - name: once
    memoize: {key: one, cache: {configMap: {name: kept}}}
    synchronization: {mutexes: [{name: m}]}
    container: {image: alpine, command: [echo]}${more}
`

const scene = () => {
  const engine = new TestEngine()
  let calls = 0
  const start = (text: string) =>
    engine.pinnace.start(load(text, { directory, templates: { once: () => void calls++ } }), { parameters: {} })
  const play = async (text: string) => {
    const run = await start(text)
    await engine.untilEnded(run)
    return (await run.status()).phase
  }
  return { engine, start, play, calls: () => calls }
}

test("A result that is remembered takes no lock; one that is not waits for it", async () => {
  const { calls, engine, play, start } = scene()
  expect(await play(manifest("main"))).toBe("Succeeded")
  const holder = await start(manifest("holder"))
  const asks = async () => (await holder.nodes()).find(({ waiting }) => waiting === "Signal")?.path
  await engine.settle()
  expect([await play(manifest("main")), calls()]).toEqual(["Succeeded", 1])
  const other = await start(manifest("main").replace("key: one", "key: two"))
  await engine.settle()
  expect(JSON.stringify(await other.why())).toContain("waits for 1 of")
  await holder.approve((await asks())!)
  await engine.untilEnded(other)
  expect([(await other.status()).phase, calls()]).toEqual(["Succeeded", 2])
  await engine.close()
})

test("What an earlier version remembered in a file is taken over once, and can be forgotten then", async () => {
  const file = join(directory, "memo", "kept.json")
  mkdirSync(join(directory, "memo"))
  writeFileSync(file, JSON.stringify({ "key:one": { createdAt: 1_700_000_000_000, outputs: {} }, odd: 1 }))
  const { calls, engine, play } = scene()
  expect([await play(manifest("main")), calls(), existsSync(file)]).toEqual(["Succeeded", 0, false])
  expect(await engine.pinnace.forget({ name: "configmap/kept" })).toMatchObject({ results: 1 })
  expect([await play(manifest("main")), calls()]).toEqual(["Succeeded", 1])
  await engine.close()
})
