/**
 * Verbs that go on with a manifest's run do so with the definition
 * it was started with, and say so when the file is another one now.
 */
import { rmSync, writeFileSync } from "node:fs"
import { beforeEach, describe, expect, it } from "vitest"
import { open } from "../../mod.ts"
import { labelOfSource } from "../../src/cli/arguments/source.ts"
import { load } from "../../src/argo/mod.ts"
import { Here } from "./Here.ts"
import { twoSteps } from "../sqlite/files/twoSteps.ts"

let here: Here
let file: string
beforeEach(() => {
  here = new Here()
  file = here.file("two.yaml", twoSteps)
  return () => here[Symbol.dispose]()
})

const renamed = twoSteps.replace("name: one,", "name: uno,")

/** A run of the file that was interrupted in its second step, or that failed there. */
const begun = async (second: "hangs" | "fails", text = twoSteps): Promise<string> => {
  const templates = {
    first: () => {},
    second: () => second === "fails" ? { exitCode: 1 } : new Promise<void>(() => {})
  }
  const workflow = load(text, { templates, directory: `${here.db}.files` })
  await using pinnace = await open(here.db, { durability: "process" })
  const run = await pinnace.start(workflow, { parameters: {} }, {
    id: "r",
    labels: labelOfSource({ files: [file], executor: "process" })
  })
  if (second === "fails") await run.ending()
  else for await (const { event } of run.events()) if ("path" in event && event.path.endsWith("two")) break
  return run.id
}

/** The display names of a run's tree. */
const tree = async (id: string): Promise<ReadonlyArray<string>> => {
  const { nodes } = JSON.parse(await here.ok("get", id, "-o", "json"))
  return nodes.map(({ displayName }: { displayName: string }) => displayName)
}

const old = ["two-steps", "[0]", "one", "[1]", "two"]

describe("resume", () => {
  it("goes on with the old definition when the first step is called otherwise now", async () => {
    await begun("hangs")
    writeFileSync(file, renamed)
    const { code, err } = await here.run("resume", "r")
    expect([code, err]).toEqual([0, expect.stringContaining("keeps the definition it was started with")])
    expect(await tree("r")).toEqual(old)
  })

  it("goes on with it when the file is gone", async () => {
    await begun("hangs")
    rmSync(file)
    expect(await here.run("resume", "r")).toMatchObject({
      code: 0,
      err: expect.stringContaining("two.yaml is gone")
    })
    expect(await tree("r")).toEqual(old)
  })

  it("says nothing when only comments were added", async () => {
    await begun("hangs")
    writeFileSync(file, `# more\n${twoSteps}`)
    expect(await here.run("resume", "r")).toMatchObject({ code: 0, err: "" })
  })
})

describe("resume, retry and fork with another --file", () => {
  it.each([["resume"], ["retry"], ["fork", "two"]])("are refused with both ways on: %s", async (verb, ...more) => {
    await begun(verb === "resume" ? "hangs" : "fails")
    const other = here.file("new.yaml", renamed)
    const { code, err } = await here.run(verb, "r", ...more, "--file", other)
    expect(code).not.toBe(0)
    const ways = [...err.matchAll(/pinnace ((?:resume|retry|fork|resubmit) [^()\n]*?)(?= --db| \()/g)].map(([, way]) =>
      way!
    )
    expect(ways).toEqual([`${verb} r`, `resubmit r --file ${other}`])
    await here.ok(verb, "r", ...more)
    expect(await tree(verb === "fork" ? "@latest" : "r")).not.toContain("uno")
    await here.ok(...ways[1]!.split(" "))
    expect(await tree("@latest")).toEqual(old.map((it) => it === "one" ? "uno" : it))
  })
})

describe("resubmit", () => {
  it("takes the old definition, or the new one when it is named", async () => {
    await begun("fails")
    writeFileSync(file, renamed)
    await here.ok("resubmit", "r")
    expect(await tree("@latest")).toEqual(old)
    await here.ok("resubmit", "r", "--file", file)
    expect(await tree("@latest")).toContain("uno")
  })
})

describe("a run whose Secrets are in no file any more", () => {
  it("is told of with the command that names one, and goes on with the values of today", async () => {
    const secret = (value: string) => `kind: Secret\nmetadata: {name: s}\nstringData: {token: ${value}}\n`
    writeFileSync(file, `${twoSteps}---\n${secret("old")}`)
    await begun("hangs", `${twoSteps}---\n${secret("old")}`)
    rmSync(file)
    const { code, err } = await here.run("resume", "r")
    expect([code, err]).toEqual([64, expect.stringMatching(/values of Secret "s".*pinnace resume r --file FILE/)])
    await here.ok("resume", "r", "--file", here.file("secret.yaml", secret("new")))
    expect(await tree("r")).toEqual(old)
  })
})
