/**
 * Manifests that mean harm, or too much: they end in bounds, with
 * a clear message, and touch nothing outside of their folder.
 */
import * as Effect from "effect/Effect"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { open, type Pinnace } from "../../../mod.ts"
import { load, type ManifestRun, viewRun } from "../../../src/argo/mod.ts"
import { Bed } from "../run/Bed.ts"
import { removeTree } from "../../removeTree.ts"

const folder = mkdtempSync(join(realpathSync(tmpdir()), "hostile-"))
const home = join(folder, "a/b/c/home")
let pinnace: Pinnace
beforeAll(async () => {
  pinnace = await open(":memory:", { limits: { depth: 1_000 } })
})
afterAll(async () => {
  await pinnace.close()
  removeTree(folder)
})

const play = async (spec: string, more = "", parameters = {}): Promise<ManifestRun> => {
  const text = `kind: Workflow\nmetadata: {name: wf}\nspec:\n${spec.replace(/^/gm, "  ")}\n${more}`
  const run = await pinnace.start(load(text, { directory: home, executor: "process" }), { parameters })
  await run.ending()
  return Effect.runSync(viewRun(pinnace.engine, run.id))!
}

describe("Too much", () => {
  it("a YAML bomb is refused before it is read", () => {
    const levels = "abcdefghi".split("").map((it, at) => `${it}: &${it} [${`*${"zabcdefgh"[at]},`.repeat(9)}]`)
    const text = `kind: Workflow\nmetadata: {name: wf}\nz: &z x\n${levels.join("\n")}\n`
    expect(() => load(text)).toThrow("more than 300000 values")
  })

  it("a loop of 10,000 items runs, one of more than 100,000 is refused", async () => {
    const loop = (count: number) =>
      `entrypoint: main
templates:
- name: main
  steps: [[{name: each, template: work, withSequence: {count: "${count}"}}]]
- {name: work, container: {command: [x]}}`
    const bed = await new Bed(loop(10_000), { work: () => ({}) }).start()
    expect(await bed.end()).toBe("Succeeded")
    expect(bed.view.nodes.length).toBe(10_002)
    const more = await new Bed(loop(100_001), { work: () => ({}) }).start()
    expect(await more.end()).toBe("Failed")
    expect(more.view.nodes.some(({ message }) => message.includes("the limit is 100000"))).toBe(true)
  })

  it("recursion without an end is stopped", async () => {
    const run = await play(`entrypoint: main\ntemplates:\n- {name: main, steps: [[{name: again, template: main}]]}`)
    expect(run.phase).toBe("Failed")
    expect(run.nodes.at(-1)!.message).toContain("Maximum recursion depth exceeded")
  })

  it("an expression that would run for ever, or make too much, is stopped", async () => {
    const run = await play(`entrypoint: main
templates:
- name: main
  inputs: {parameters: [{name: p, value: "{{=repeat(repeat('x', 100000), 100000)}}"}]}
  container: {command: ["true"]}`)
    expect(run.phase).toBe("Error")
    expect(run.message.length).toBeLessThan(500)
  })

  it("output beyond bounds is cut, a parameter beyond them refused", async () => {
    const run = await play(`entrypoint: main
volumes: [{name: v, emptyDir: {}}]
templates:
- name: main
  steps: [[{name: loud, template: loud}], [{name: use, template: use, arguments: {parameters: [{name: l, value: "{{=len(steps.loud.outputs.result)}}"}]}}]]
- {name: loud, container: {command: [sh, -c, "head -c 20000000 /dev/zero | tr '\\\\0' x"]}}
- name: use
  inputs: {parameters: [{name: l}]}
  outputs: {parameters: [{name: big, valueFrom: {path: /v/big}}]}
  container: {command: [sh, -c, "head -c 2000000 /dev/zero > /v/big"], volumeMounts: [{name: v, mountPath: /v}]}`)
    const use = run.nodes.find(({ displayName }) => displayName === "use")!
    expect(use.inputs.parameters).toEqual([{ name: "l", value: "262144" }])
    expect(use.message).toContain("/v/big has 2000000 bytes, an output parameter may have 1048576")
  })
})

describe("Hostile values", () => {
  it.each([
    ['"; touch made; echo "'],
    ["$(touch made)"],
    ["`touch made`"],
    ["'\n touch made\n'"],
    ["{{workflow.name}} {{=1+1}}"],
    ["-rf /"],
    ["\\\\'\"\t é 😀 %s %n"],
    ['"}], "x": [{"']
  ])("reach a command as they are: %j", async (value) => {
    const run = await play(
      `entrypoint: main
arguments: {parameters: [{name: p}]}
volumes: [{name: v, emptyDir: {}}]
templates:
- name: main
  steps: [[{name: a, template: a, arguments: {parameters: [{name: q, value: "{{workflow.parameters.p}}"}]}, withItems: [1]}]]
- name: a
  inputs: {parameters: [{name: q}]}
  outputs: {parameters: [{name: out, valueFrom: {path: /v/out}}]}
  container:
    command: [sh, -c, 'printf "%s|%s" "$0" "$P" > /v/out', "{{inputs.parameters.q}}"]
    env: [{name: P, value: "{{inputs.parameters.q}}"}]
    volumeMounts: [{name: v, mountPath: /v}]`,
      "",
      { p: value }
    )
    const made = run.nodes.flatMap(({ outputs }) => outputs.parameters ?? [])
    expect(made.map((it) => it.value)).toEqual([`${value}|${value}`])
    expect(existsSync(join(home, "made"))).toBe(false)
  })
})

describe("Paths that lead elsewhere", () => {
  const up = "../../../../../../../../../.."
  const tree = (): ReadonlyArray<string> =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((it) => !it.startsWith("a/b/c/home/")).sort()

  it.each([
    ["a key of an artifact", "outputs: {artifacts: [{name: o, path: /v/x, s3: {key: UP/evil}}]}", ""],
    ["the name of a volume", "volumes: [{name: UP/evil, emptyDir: {}}]", ", {name: UP/evil, mountPath: /w}"],
    ["a claim", "volumes: [{name: w, persistentVolumeClaim: {claimName: UP/evil}}]", ", {name: w, mountPath: /w}"],
    [
      "a claim that is a folder above",
      "volumes: [{name: w, persistentVolumeClaim: {claimName: ..}}]",
      ", {name: w, mountPath: /w}"
    ],
    ["a part of a volume", "", ", {name: v, mountPath: /w, subPath: UP/evil}"],
    [
      "an item of a ConfigMap",
      "volumes: [{name: w, configMap: {name: c, items: [{key: k, path: UP/evil}]}}]",
      ", {name: w, mountPath: /w}"
    ]
  ])("%s stays in the folder", async (_, template, mount) => {
    mkdirSync(home, { recursive: true })
    const before = tree()
    const run = await play(
      `entrypoint: main
volumes: [{name: v, emptyDir: {}}]
templates:
- name: main
  ${template.replaceAll("UP", up)}
  container: {command: [sh, -c, "echo x > /v/x; ls /w && echo x > /w/evil; true"], volumeMounts: [{name: v, mountPath: /v}${
        mount.replaceAll("UP", up)
      }]}`,
      "---\nkind: ConfigMap\nmetadata: {name: c}\ndata: {k: v}\n"
    )
    expect(["Error", "Failed", "Succeeded"]).toContain(run.phase)
    expect(tree()).toEqual(before)
    expect(existsSync("/evil")).toBe(false)
    expect(existsSync(join(home, "evil"))).toBe(false)
  })

  it("the name of a sidecar is refused before anything starts", async () => {
    const template = "templates: [{name: main, container: {command: [a]}, sidecars: [{name: ../evil, command: [a]}]}]"
    await expect(play(`entrypoint: main\n${template}`)).rejects.toThrow('name "../evil" is invalid')
  })

  it("the key of an artifact cannot be the folder of all", async () => {
    mkdirSync(join(home, "artifacts"), { recursive: true })
    writeFileSync(join(home, "artifacts/others"), "kept")
    for (const key of ["..", "/", "a/.."]) {
      const run = await play(`entrypoint: main
volumes: [{name: v, emptyDir: {}}]
templates:
- name: main
  outputs: {artifacts: [{name: o, path: /v/x, s3: {key: "${key}"}}]}
  container: {command: [touch, /v/x], volumeMounts: [{name: v, mountPath: /v}]}`)
      expect(run.message).toContain(`"${key}" cannot be the key of an artifact`)
    }
    expect(readFileSync(join(home, "artifacts/others"), "utf8")).toBe("kept")
  })

  it("a link in an artifact or a volume is not followed to files of the host", async () => {
    writeFileSync(join(folder, "secret"), "hidden")
    const run = await play(`entrypoint: main
volumes: [{name: v, emptyDir: {}}]
volumeClaimTemplates: [{metadata: {name: c}}]
templates:
- name: main
  steps:
  - [{name: make, template: make, continueOn: {error: true}}]
  - [{name: mount, template: mount, continueOn: {error: true}}]
- name: make
  outputs: {artifacts: [{name: o, path: /v/o}]}
  container: {command: [sh, -c, "mkdir /v/o; ln -s ${folder} /v/o/link; ln -s ${folder} /c/link"], volumeMounts: [{name: v, mountPath: /v}, {name: c, mountPath: /c}]}
- name: mount
  container: {command: [cat, /w/secret], volumeMounts: [{name: c, mountPath: /w, subPath: link}]}`)
    const message = (name: string) => run.nodes.find(({ displayName }) => displayName === name)?.message
    expect(message("make")).toContain("the link leads to the absolute path")
    expect(message("mount")).toContain(`the subPath "link" leads out of the volume 'c'`)
  })

  it("an id of a run is a name of its own", async () => {
    mkdirSync(join(home, "runs"), { recursive: true })
    const before = readdirSync(home)
    const text =
      "{kind: Workflow, metadata: {name: wf}, spec: {entrypoint: a, templates: [{name: a, container: {command: ['true']}}]}}"
    const manifest = load(text, { directory: home, executor: "process" })
    await expect(pinnace.start(manifest, { parameters: {} }, { id: ".." })).rejects.toThrow("..")
    expect(readdirSync(home)).toEqual(before)
  })
})
