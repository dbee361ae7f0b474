/** Manifests that were changed at random: they never crash, hang or leave processes. The same seeds give the same manifests. */
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { afterAll, describe, expect, it } from "vitest"
import { parseAllDocuments, stringify } from "yaml"
import { open } from "../../../mod.ts"
import { InvalidManifest, lint, load, viewRun } from "../../../src/manifest/mod.ts"
import type { Replacement } from "../../../src/manifest/mod.ts"
import { TestEngine } from "../../../src/testing/mod.ts"
import { isTerminal } from "../../../src/run/Phase.ts"
import { type Random, seeded } from "../../run/random.ts"
import { mutate } from "./mutate.ts"

const cases = fileURLToPath(new URL("../../conformance/cases/", import.meta.url))
// Inline templates have no names by which they could be replaced.
const originals = readdirSync(cases).filter((name) => name.endsWith(".yaml") && !name.startsWith("inline")).map((
  name
) => parseAllDocuments(readFileSync(join(cases, name), "utf8")).map((it) => it.toJS() as unknown))

const mutant = (random: Random): string =>
  random.pick(originals).map((it) => stringify(mutate(it, random), { aliasDuplicateObjects: false })).join("---\n")

/** Every template that runs something, by a function that does what chance says. */
const fakes = (text: string, random: Random): Readonly<Record<string, Replacement>> => {
  const names = parseAllDocuments(text).flatMap((document) => {
    const templates = (document.toJS() as { spec?: { templates?: unknown } } | null)?.spec?.templates
    return (Array.isArray(templates) ? templates : []).flatMap((it) =>
      it?.steps === undefined && it?.dag === undefined && it?.suspend === undefined ? [String(it?.name)] : []
    )
  })
  const fake: Replacement = () => {
    const way = random.below(4)
    if (way === 0) throw new Error("by chance")
    return way === 1
      ? { exitCode: 1 }
      : { result: random.pick(["[1, 2]", "x", ""]), parameters: { message: "m", out: "o" } }
  }
  return Object.fromEntries(names.map((name) => [name, fake]))
}

describe("A manifest that was changed at random", () => {
  it("is told its problems, or runs to an end in virtual time", async () => {
    let ran = 0
    for (let seed = 1; seed <= 1_500; seed++) {
      const random = seeded(seed)
      const text = mutant(random)
      const issues = lint([{ name: "mutant", text }])
      for (const { column, line, message } of issues) expect(line > 0 && column > 0 && message !== "", text).toBe(true)
      if (issues.some(({ severity }) => severity === "error")) continue
      const engine = new TestEngine()
      try {
        const run = await engine.pinnace.start(load(text, { templates: fakes(text, random) }), { parameters: {} })
        const ended = engine.finish(run).catch((error: Error) => error)
        // What waits for somebody is ended by force.
        if ((await ended) instanceof Error && !isTerminal(run.status().phase)) {
          await run.terminate()
          await engine.finish(run).catch(() => {})
        }
        expect(isTerminal(run.status().phase), `seed ${seed}: ${text}`).toBe(true)
        const open = viewRun(engine.pinnace.engine, run.id)!.nodes.filter(({ phase }) =>
          ["Pending", "Running"].includes(phase)
        )
        expect(open, `seed ${seed}: ${text}`).toEqual([])
        ran++
      } finally {
        await engine.close()
      }
    }
    expect(ran).toBeGreaterThan(200)
  }, 120_000)

  const folder = mkdtempSync(join(realpathSync(tmpdir()), "mutations-"))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** Processes of manifests that carry a mark in their environment. */
  const marked = (mark: string): ReadonlyArray<string> =>
    readdirSync("/proc").filter((pid) => /^\d+$/.test(pid)).filter((pid) => {
      try {
        const isOurs = readFileSync(`/proc/${pid}/environ`, "utf8").includes(`MARK=${mark}`)
        return isOurs && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("sleep")
      } catch {
        return false
      }
    })

  const long = ["sh", "-c", "sleep 300 & sleep 300"]
  const busy = {
    kind: "Workflow",
    metadata: { name: "wf" },
    spec: {
      entrypoint: "main",
      onExit: "short",
      volumes: [{ name: "v", emptyDir: {} }],
      templates: [
        {
          name: "main",
          dag: {
            tasks: [
              { name: "d", template: "daemon" },
              { name: "l", template: "long", withItems: [1, 2], depends: "d" },
              { name: "s", template: "set" }
            ]
          }
        },
        { name: "daemon", daemon: true, container: { image: "x", command: long } },
        {
          name: "long",
          retryStrategy: { limit: 1 },
          sidecars: [{ name: "beside", command: long }],
          initContainers: [{ name: "first", command: ["true"] }],
          container: { command: long, volumeMounts: [{ name: "v", mountPath: "/v" }] }
        },
        { name: "set", containerSet: { containers: [{ name: "main", command: long }, { name: "b", command: long }] } },
        { name: "short", container: { command: ["true"] } }
      ]
    }
  }

  it.skipIf(process.platform !== "linux")("leaves no process when it is terminated, however far it came", async () => {
    const mark = `mutation-${process.pid}`
    const pinnace = await open(":memory:")
    let ran = 0
    for (let seed = 1; seed <= 120; seed++) {
      const random = seeded(seed)
      try {
        const text = stringify(mutate(busy, random), { aliasDuplicateObjects: false })
        const workflow = load(text, { directory: folder, executor: "process", env: { MARK: mark } })
        const run = await pinnace.start(workflow, { parameters: {} })
        // Every run gets so far.
        let wanted = 2 + random.below(4)
        for await (const { event } of run.events()) if (event.type === "NodeStarted" && --wanted <= 0) break
        if (!isTerminal(run.status().phase)) await run.terminate().catch(() => {})
        await run.ending()
        ran++
      } catch (error) {
        if (!(error instanceof InvalidManifest)) throw error
      }
    }
    await pinnace.close()
    while (marked(mark).length > 0) await new Promise((resolve) => setTimeout(resolve, 20))
    expect(ran).toBeGreaterThan(20)
  }, 120_000)
})
