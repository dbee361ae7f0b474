/**
 * Manifests that were changed at random: they never crash, hang
 * or leave processes. The same seeds give the same manifests.
 */
import { mkdtempSync, readdirSync, readFileSync, realpathSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { afterAll, describe, expect, it } from "vitest"
import { stringify } from "yaml"
import { open } from "../../../mod.ts"
import { InvalidManifest, load } from "../../../src/argo/mod.ts"
import { isTerminal } from "../../../src/run/Phase.ts"
import { seeded } from "../../run/random.ts"
import { playEscapes } from "../../fuzz/escape.ts"
import { mutate } from "../../fuzz/mutate.ts"
import { play } from "../../fuzz/play.ts"
import { removeTree } from "../../removeTree.ts"

describe("A manifest that was changed at random", () => {
  it("is told its problems, each with its place, or runs to an end in virtual time", async () => {
    const outcomes: Record<string, number> = {}
    for (let seed = 1; seed <= 400; seed++) {
      const { outcome, wrong } = await play(seed)
      expect(wrong, `seed ${seed}`).toEqual([])
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    }
    expect(outcomes["ended"]).toBeGreaterThan(80)
  })

  it("changes nothing outside of its folder, whatever its paths, keys and names are", async () => {
    const { ran, wrong } = await playEscapes(20, () => {})
    expect(wrong).toEqual([])
    expect(ran).toBeGreaterThan(5)
  })

  const folder = mkdtempSync(join(realpathSync(tmpdir()), "mutations-"))
  afterAll(() => removeTree(folder))

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
    for (let seed = 1; seed <= 60; seed++) {
      const random = seeded(seed)
      try {
        const text = stringify(mutate(busy, random), { aliasDuplicateObjects: false })
        const workflow = load(text, { directory: folder, executor: "process", env: { MARK: mark } })
        const run = await pinnace.start(workflow, { parameters: {} })
        // Every run gets so far.
        let wanted = 2 + random.below(4)
        for await (const { event } of run.events()) if (event.type === "NodeStarted" && --wanted <= 0) break
        if (!isTerminal((await run.status()).phase)) await run.terminate().catch(() => {})
        await run.ending()
        ran++
      } catch (error) {
        if (!(error instanceof InvalidManifest)) throw error
      }
    }
    await pinnace.close()
    while (marked(mark).length > 0) await new Promise((resolve) => setTimeout(resolve, 20))
    expect(ran).toBeGreaterThan(10)
  })
})
