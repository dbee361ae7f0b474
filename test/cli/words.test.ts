/**
 * What people read of manifests that failed: in their words, every leaf
 * that failed, and numbers that agree; over all kinds of failures.
 */
import { mkdirSync, readdirSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"
import { afterAll, expect, it } from "vitest"
import { Here } from "./Here.ts"

const folder = join(import.meta.dirname, "../manifests")
/** Cases that end by themselves: nobody acts on their runs. */
const cases = ["failed", "errored"].flatMap((outcome) =>
  readdirSync(join(folder, outcome)).filter((name) => name.endsWith(".yaml")).map((name) => join(folder, outcome, name))
).filter((file) => !readFileSync(file.replace(/yaml$/, "expect.json"), "utf8").includes('"actions"'))
const here = new Here()
afterAll(() => here[Symbol.dispose]())

/**
 * Names of errors, paths and ids of the engine's own; ids that are
 * shown nowhere else; what JavaScript writes when something is missing.
 */
const internal =
  /ManifestFailed|TaskFailed|ChildErrored|ChildFailed|handler of main|node "main"|\bmain\/|\/~|child '[^']*-\d+'|\bundefined\b|\bnull\b|\[object|unexpected|(?<![\d.])1 nodes\b|Error: Error\b/

const nameOf = (file: string): string =>
  /^metadata:\s*\{?\s*(?:generateName|name): ?([\w-]+)/m.exec(readFileSync(file, "utf8"))?.[1] ?? "x"

it.each(cases)("%s", async (file) => {
  const id = `case-${cases.indexOf(file)}`
  // What a case shares between its nodes is its own here, whoever else plays it now.
  mkdirSync(join(here.folder, `mus-${basename(file, ".yaml")}`))
  const own = here.file(basename(file), readFileSync(file, "utf8").replaceAll("/tmp/mus-", `${here.folder}/mus-`))
  const { code, out } = await here.run("run", own, "--id", id, "--executor", "process")
  expect(code).toBeGreaterThan(0)
  const verbs = [["get", id, "-o", "wide"], ["why", id], ["timeline", id], ["retry", id, "--dry-run"]]
  let all = out
  for (const verb of verbs) {
    const done = await here.run(...verb)
    all += `$ ${verb.join(" ")}\n${done.out}${done.err}`
  }
  expect(all).not.toMatch(internal)
  expect(all).not.toContain("nothing has begun yet")
  const [, done, total] = /, (\d+) of (\d+) nodes?\)\n$/.exec(out)!
  expect(all).toContain(`\nProgress:            ${done}/${total}\n`)
  const [, again, kept] = /Would run (\d+) nodes? of \S+ again, and keep (\d+):/.exec(all)!
  expect([Number(again) + Number(kept), nameOf(file)]).toEqual([Number(total), nameOf(file)])
})
