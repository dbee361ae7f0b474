/** The house rules, applied to this repository. What each rule accepts and refuses is tested in `tidy/`. */
import { readdirSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { banViolations, nameViolations } from "./tidy/bans.ts"
import { budgetViolations, type Ratchet, ratchetViolations } from "./tidy/budgets.ts"
import { undocumented, undocumentedPublic } from "./tidy/docs.ts"
import { deadExports } from "./tidy/exports.ts"
import { cycles, dead } from "./tidy/graph.ts"
import { type DenoJson, type PackageJson, parityViolations } from "./tidy/manifests.ts"
import { hostViolations } from "./tidy/hosts.ts"
import { type Port, portViolations } from "./tidy/ports.ts"
import { rankViolations, readRanks } from "./tidy/ranks.ts"
import { library, list, read } from "./tidy/repository.ts"
import { parseSource } from "./tidy/Source.ts"
import { format, type Violation } from "./tidy/Violation.ts"
import { widthOf } from "./tidy/width.ts"

/** Files that may exceed a budget, with their size. Entries are only ever lowered or removed. */
const ratchet: Ratchet = { codeLines: {}, imports: {} }

const sources = library()
const npm = JSON.parse(read("package.json")) as PackageJson
const deno = JSON.parse(read("deno.json")) as DenoJson
/** What users import, what starts the command, and what the page is built from. */
const entries = [
  ...Object.values(deno.exports).map((path) => path.replace("./", "")),
  "src/cli/main.ts",
  "src/page/app/main.tsx",
  "src/page/state/noHash.ts",
  "src/page/graph/layoutWorker.ts"
]

/** Other languages run on the engine by its ports, not by its parts. */
const ports: ReadonlyArray<Port> = [
  { from: "src/argo/", into: "src/engine/", by: ["src/engine/Interpreter.ts", "src/engine/Operator.ts"] }
]

/** Who may see what an engine stands on. */
const hosts = ["src/engine/", "src/schedule/", "src/webhook/", "src/embed/", "src/view/", "src/argo/", "src/testing/"]

const expectNone = (violations: ReadonlyArray<Violation>) => expect(violations.map(format)).toEqual([])

describe("the sources", () => {
  it("are found", () => {
    expect(sources.length).toBeGreaterThan(10)
    expect(entries.filter((entry) => !sources.some((source) => source.path === entry))).toEqual([])
  })

  it("import lower ranks and their own folder only", () => {
    expectNone(rankViolations(sources, readRanks(read("src/README.md")), entries))
  })

  it("reach the engine by its ports where they interpret another language", () =>
    expectNone(ports.flatMap((port) => portViolations(sources, port))))

  it("ask a port for what an engine stands on", () =>
    expectNone(sources.flatMap((source) => hostViolations(source, hosts))))

  it("have no import cycle, types included", () => expectNone(cycles(sources)))

  it("keep files, functions and import lists within their budgets", () => {
    expectNone(sources.flatMap((source) => budgetViolations(source, ratchet)))
    expectNone(ratchetViolations(sources, ratchet))
  })

  it("keep comments within 120 columns, as do tests, tools and examples", () => {
    const files = ["mod.ts", ...["src", "test", "bench", "build", "examples"].flatMap(list)]
    expectNone(files.flatMap((path) => widthOf(path, read(path))))
  })

  it("use no banned call or import", () => expectNone(sources.flatMap(banViolations)))

  it("have names that say something", () => {
    expectNone(
      ["src", "test", "examples"].flatMap(list).flatMap(nameViolations).filter(({ file }) =>
        !file.startsWith("test/types/")
      )
    )
  })

  it("are all reached from an entry", () => expectNone(dead(sources, entries)))

  it("export nothing that no other file uses", () => {
    const users = ["test", "bench", "build", "examples"].flatMap(list).map((path) => parseSource(path, read(path)))
    expectNone(deadExports(sources, users, entries))
  })

  it("document every export", () => expectNone(sources.flatMap(undocumented)))

  it("document every public name at its declaration and name it in its entry", () => {
    expectNone(
      sources.filter(({ path }) => entries.includes(path)).flatMap((entry) => undocumentedPublic(entry, sources))
    )
  })
})

describe("the map of the code", () => {
  it("fits on a screen or two", () => expect(read("src/README.md").trimEnd().split("\n").length).toBeLessThan(101))

  it("leads to every page of decisions: add a row to src/decisions/README.md", () => {
    const index = read("src/decisions/README.md")
    const pages = readdirSync(new URL("../src/decisions", import.meta.url)).filter((name) => name !== "README.md")
    expect(pages.filter((name) => !index.includes(`](${name})`))).toEqual([])
  })
})

describe("deno.json and package.json", () => {
  it("agree on exports, version, dependencies and tasks", () => expectNone(parityViolations(npm, deno)))

  it("pin the same Effect for users and for development, since two copies do not see each other's services", () => {
    const { devDependencies, peerDependencies } = JSON.parse(read("package.json"))
    expect(devDependencies.effect).toBe(peerDependencies.effect)
  })
})
