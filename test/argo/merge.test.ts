import { describe, expect, it } from "vitest"
import { merge, mergeSpecs, withTemplateDefaults } from "../../src/argo/document/merge.ts"
import { makeRandom } from "../../src/testing/World.ts"

type Json = unknown

/** Random specs whose fields have one type each, as those of Argo do. */
const specs = (seed: number) => {
  const random = makeRandom(seed)
  const some = (count: number): number => Math.floor(random() * count)
  const names = ["a", "b", "c", "d"].filter(() => random() < 0.5)
  const fields = (): Json => Object.fromEntries([...names].slice(some(3)).map((name) => [name, some(5)]))
  const list = (key: string): Json =>
    names.map((name) => ({ [key]: name, ...(random() < 0.5 ? { value: some(9) } : { labels: fields() }) }))
  return (): Json => ({
    ...(random() < 0.7 ? { entrypoint: some(9) } : {}),
    ...(random() < 0.7 ? { env: list("name") } : {}),
    ...(random() < 0.7 ? { volumeMounts: list("mountPath") } : {}),
    ...(random() < 0.7 ? { nodeSelector: fields() } : {}),
    ...(random() < 0.7 ? { args: names } : {})
  })
}

const seeds = Array.from({ length: 300 }, (_, seed) => seed)

describe("merge()", () => {
  it("is associative", () => {
    for (const seed of seeds) {
      const next = specs(seed)
      const [a, b, c] = [next(), next(), next()]
      expect(merge(merge(a, b), c), `seed ${seed}`).toEqual(merge(a, merge(b, c)))
    }
  })

  it("changes nothing when it is done twice, and nothing with itself", () => {
    for (const seed of seeds) {
      const next = specs(seed)
      const [a, b] = [next(), next()]
      expect(merge(merge(a, b), b), `seed ${seed}`).toEqual(merge(a, b))
      expect(merge(a, a)).toEqual(a)
    }
  })

  it("keeps the order of the base, with new elements behind", () => {
    const base = { env: [{ name: "A", value: "1" }, { name: "B", value: "2" }] }
    const own = { env: [{ name: "C", value: "3" }, { name: "A", value: "4" }] }
    expect(merge(base, own).env).toEqual([{ name: "A", value: "4" }, { name: "B", value: "2" }, {
      name: "C",
      value: "3"
    }])
  })

  it.each<readonly [string, Json, Json, Json]>([
    ["mounts by path", { volumeMounts: [{ mountPath: "/a", name: "x" }] }, {
      volumeMounts: [{ mountPath: "/a", name: "y" }, { mountPath: "/b", name: "x" }]
    }, { volumeMounts: [{ mountPath: "/a", name: "y" }, { mountPath: "/b", name: "x" }] }],
    ["lists without a key are replaced", { args: ["a", "b"] }, { args: ["c"] }, { args: ["c"] }],
    ["steps are replaced", { steps: [[{ name: "a" }]] }, { steps: [[{ name: "b" }]] }, { steps: [[{ name: "b" }]] }],
    ["tasks by name, field by field", { dag: { tasks: [{ name: "a", template: "x" }] } }, {
      dag: { tasks: [{ name: "a", when: "w" }] }
    }, { dag: { tasks: [{ name: "a", template: "x", when: "w" }] } }],
    ["an empty list of keyed elements adds nothing", { env: [{ name: "A" }] }, { env: [] }, { env: [{ name: "A" }] }]
  ])("%s", (_, base, own, expected) => expect(merge(base, own)).toEqual(expected))
})

describe("mergeSpecs()", () => {
  it("takes an argument of its own as a whole", () => {
    const base = {
      arguments: { parameters: [{ name: "p", valueFrom: { expression: "1" } }, { name: "q", value: "2" }] }
    }
    const own = { arguments: { parameters: [{ name: "p", value: "3" }] } }
    expect(mergeSpecs(base, own).arguments?.parameters).toEqual([{ name: "p", value: "3" }, { name: "q", value: "2" }])
  })

  it("runs the hooks of both, its own where names meet", () => {
    const base = { hooks: { exit: { template: "a", expression: "true" }, other: { template: "b" } } }
    expect(mergeSpecs(base, { hooks: { exit: { template: "c" } } }).hooks).toEqual({
      exit: { template: "c" },
      other: { template: "b" }
    })
  })
})

describe("withTemplateDefaults()", () => {
  it("does not make another type of a template", () => {
    const defaults = { container: { image: "a" }, activeDeadlineSeconds: "5" }
    expect(withTemplateDefaults({ steps: [] }, defaults)).toEqual({ steps: [], activeDeadlineSeconds: "5" })
  })
})
