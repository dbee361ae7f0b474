/** Resource templates that look at other runs of the state file. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { load, resumeManifest, stopManifestNodes, viewRun } from "../../../src/argo/mod.ts"
import { TestEngine } from "../../../src/testing/mod.ts"

const other = `{kind: Workflow, metadata: {name: other}, spec: {entrypoint: g, templates: [{name: g, suspend: {}}]}}`
const looking = (resource: string) =>
  `{kind: Workflow, metadata: {name: looks}, spec: {entrypoint: g, templates: [{name: g, resource: {${resource}, flags: [workflow, other-1]}, outputs: {parameters: [{name: p, valueFrom: {jsonPath: "{.status.phase}"}}]}}]}}`
const conditions = 'successCondition: "status.phase == Succeeded", failureCondition: "status.phase in (Failed, Error)"'

const begun = async (resource: string) => {
  const engine = new TestEngine()
  const { pinnace } = engine
  await pinnace.start(load(other), { parameters: {} }, { id: "other-1" })
  await engine.settle()
  await pinnace.start(load(looking(resource)), { parameters: {} }, { id: "looks-1" })
  await engine.settle()
  const node = () => {
    const [{ message, outputs, phase } = expect.fail("no node")] =
      Effect.runSync(viewRun(pinnace.engine, "looks-1"))!.nodes
    return { phase, message, value: outputs.parameters?.[0]?.value }
  }
  return { engine, pinnace, node }
}

describe("another run", () => {
  it("is seen as it is where there are no conditions", async () => {
    const { node } = await begun("action: get")
    expect(node()).toEqual({ phase: "Succeeded", message: "", value: "Running" })
  })

  it("is waited for until a condition holds", async () => {
    const { engine, node, pinnace } = await begun(`action: get, ${conditions}`)
    expect(node().phase).toBe("Running")
    await Effect.runPromise(resumeManifest(pinnace.engine, "other-1"))
    await engine.settle()
    expect(node()).toEqual({ phase: "Succeeded", message: "", value: "Succeeded" })
  })

  it("fails who waits for it where it fails", async () => {
    const { engine, node, pinnace } = await begun(`action: get, ${conditions}`)
    await Effect.runPromise(stopManifestNodes(pinnace.engine, "other-1", "displayName=other"))
    await engine.settle()
    expect(node()).toMatchObject({ phase: "Failed", message: expect.stringContaining("failure condition") })
  })

  it("is stopped waiting for with its own run", async () => {
    const { engine, node, pinnace } = await begun(`action: get, ${conditions}`)
    await (await pinnace.get("looks-1"))!.stop()
    await engine.settle()
    expect(node().phase).toBe("Failed")
  })

  it.each(["delete", 'patch, manifest: "{spec: {suspend: true}}"'])(
    "is not changed from within a run: %s",
    async (action) => {
      const { node, pinnace } = await begun(`action: ${action}`)
      expect(node()).toMatchObject({ phase: "Failed", message: expect.stringContaining("from within a run") })
      expect((await (await pinnace.get("other-1"))!.status()).suspended).toBe(false)
    }
  )
})
