import { tmpdir } from "node:os"
import { describe, expect, it } from "vitest"
import { banViolations, nameViolations } from "./bans.ts"
import { budgetViolations, ratchetViolations } from "./budgets.ts"
import { undocumented, undocumentedPublic } from "./docs.ts"
import { deadExports } from "./exports.ts"
import { cycles, dead } from "./graph.ts"
import { hostViolations } from "./hosts.ts"
import { built, parityViolations } from "./manifests.ts"
import { portViolations } from "./ports.ts"
import { rankViolations, readRanks } from "./ranks.ts"
import { parseSource } from "./Source.ts"
import { commitsSince, subjectFaults, subjectLimit } from "./subjects.ts"
import { format, type Violation } from "./Violation.ts"
import { widthOf } from "./width.ts"

const parse = (files: Readonly<Record<string, string>>) =>
  Object.entries(files).map(([path, text]) => parseSource(path, text))
const one = (text: string, path = "src/engine/a.ts") => parseSource(path, text)
const places = (violations: ReadonlyArray<Violation>) => violations.map(({ file, line }) => `${file}:${line}`)
const table =
  "| folder | rank | idea |\n| --- | --- | --- |\n| `src/run/` | 3 | rules |\n| `src/journal/`, `src/lock/` | 4 | events |\n| `src/engine/` | 5 | fibers |\n"

describe("parseSource()", () => {
  it("finds every way to name a module", () => {
    const { imports } = one(
      'import { a } from "./a.ts"\nimport type { B } from "./b.ts"\nexport { c } from "./c.ts"\nexport * from "./d.ts"\n' +
        'type E = import("./e.ts").E\nconst f = () => import("./f.ts")\nimport { type G } from "./g.ts"\nimport "./h.ts"\n'
    )
    expect(imports.map((it) => `${it.specifier} ${it.kind} ${it.erased} ${it.line}`).sort()).toEqual([
      "./a.ts import false 1",
      "./b.ts import true 2",
      "./c.ts export false 3",
      "./d.ts export false 4",
      "./e.ts type true 5",
      "./f.ts dynamic false 6",
      "./g.ts import true 7",
      "./h.ts import false 8"
    ])
  })

  it("counts neither comments nor blank lines as code", () => {
    expect(one('// a\n\n/* b\n c */\nconst d = 1 // e\nconst f = "// g"\n').codeLines).toBe(2)
  })

  it("names functions after what holds them", () => {
    const { routines } = one(
      "const a = () => 1\nclass B {\n  c() {}\n  d = function* () {}\n}\nfunction e() {}\nf(() => 2)\n"
    )
    expect(routines.map(({ name, line }) => `${name} ${line}`)).toEqual(["a 1", "c 3", "d 4", "e 6", "function 7"])
  })

  it("refuses a file with a syntax error", () => expect(() => one("const = 1")).toThrow("src/engine/a.ts"))
})

describe("readRanks()", () => {
  it("reads one or several folders a row", () => {
    expect([...readRanks(table)]).toEqual([["src/run/", 3], ["src/journal/", 4], ["src/lock/", 4], ["src/engine/", 5]])
  })

  it("refuses a text without a table and a folder with two ranks", () => {
    expect(() => readRanks("# Code map\n")).toThrow("no rank table")
    expect(() => readRanks(`${table}| \`src/run/\` | 4 | again |\n`)).toThrow("src/run/ has two ranks")
  })
})

describe("rankViolations()", () => {
  const check = (path: string, text: string) => places(rankViolations([one(text, path)], readRanks(table), ["mod.ts"]))

  it("allows lower ranks, the own folder, and packages", () => {
    expect(
      check("src/engine/a.ts", 'import "./b.ts"\nimport "../run/c.ts"\nimport "effect/Effect"\nimport "node:fs"\n')
    ).toEqual([])
  })

  it("refuses higher ranks and the same rank elsewhere, also for types", () => {
    expect(check("src/run/a.ts", '\nimport type { B } from "../engine/b.ts"\n')).toEqual(["src/run/a.ts:2"])
    expect(check("src/lock/a.ts", 'type B = import("../journal/b.ts").B\n')).toEqual(["src/lock/a.ts:1"])
  })

  it("refuses imports from outside the sources", () => {
    expect(check("src/run/a.ts", 'import "../../mod.ts"\n')).toEqual(["src/run/a.ts:1"])
  })

  it("refuses a file without a rank, unless it is an entry", () => {
    expect(check("src/new/a.ts", "")).toEqual(["src/new/a.ts:1"])
    expect(check("mod.ts", 'export { a } from "./src/engine/a.ts"\n')).toEqual([])
  })
})

describe("portViolations()", () => {
  const port = { from: "src/argo/", into: "src/engine/", by: ["src/engine/Interpreter.ts"] }
  const check = (path: string, text: string) => places(portViolations([one(text, path)], port))

  it("allows the port, other folders, and the folder itself", () => {
    expect(check("src/argo/compile/a.ts", 'import "../../engine/Interpreter.ts"\nimport "../../run/b.ts"\n')).toEqual(
      []
    )
    expect(check("src/engine/a.ts", 'import "./Live.ts"\n')).toEqual([])
  })

  it("refuses what goes past it, also for types", () => {
    expect(check("src/argo/a.ts", '\nimport type { LiveNode } from "../engine/Live.ts"\n')).toEqual(["src/argo/a.ts:2"])
  })
})

describe("hostViolations()", () => {
  const check = (text: string, path = "src/cli/a.ts") => places(hostViolations(one(text, path), ["src/engine/"]))

  it("finds every spelling, outside of the folders that may", () => {
    expect(check("a(pinnace.engine.host.journal)\n")).toEqual(["src/cli/a.ts:1"])
    expect(check("const a = ({ host: { journal } }: Engine) => journal\n")).toEqual(["src/cli/a.ts:1"])
    expect(check("\nconst { host } = this.#pinnace.engine\n")).toEqual(["src/cli/a.ts:2"])
    expect(check("a(engine.host)\n", "src/engine/a.ts")).toEqual([])
    expect(check("const { host } = new URL(a)\n")).toEqual([])
  })
})

describe("cycles()", () => {
  it("tells a cycle once, with its path, types included", () => {
    const sources = parse({
      "src/a.ts": 'import "./b.ts"\n',
      "src/b.ts": '\nimport type { C } from "./c.ts"\n',
      "src/c.ts": 'export { a } from "./a.ts"\n'
    })
    expect(cycles(sources).map(format)).toEqual([
      "src/a.ts:1: imports itself: src/a.ts → src/b.ts → src/c.ts → src/a.ts. Move what both need into a lower file."
    ])
  })

  it("accepts two ways to the same file", () => {
    expect(
      cycles(
        parse({ "src/a.ts": 'import "./b.ts"\nimport "./c.ts"\n', "src/b.ts": 'import "./c.ts"\n', "src/c.ts": "" })
      )
    ).toEqual([])
  })
})

describe("dead()", () => {
  it("names the files that no entry reaches", () => {
    const sources = parse({
      "mod.ts": 'export * from "./src/a.ts"\n',
      "src/a.ts": 'import("./b.ts")\n',
      "src/b.ts": "",
      "src/c.ts": ""
    })
    expect(places(dead(sources, ["mod.ts"]))).toEqual(["src/c.ts:1"])
  })
})

describe("deadExports()", () => {
  const check = (files: Readonly<Record<string, string>>, users: Readonly<Record<string, string>> = {}) =>
    deadExports(parse(files), parse(users), ["mod.ts"]).map(({ file, line, message }) =>
      `${file}:${line} ${message.split(",")[0]}`
    )

  it("names exports that no other file uses, also those that only their own file does", () => {
    const lone = { "src/a.ts": "\nexport const a = 1\nexport const b = a\nexport { b as c }\n" }
    expect(check(lone)).toEqual(["src/a.ts:2 exports a", "src/a.ts:3 exports b", "src/a.ts:4 exports c"])
    expect(check({ "mod.ts": "export const a = 1\n" })).toEqual([])
  })

  it("accepts every way to use one, from the library or a test", () => {
    const a = { "src/a.ts": "export const a = 1\n" }
    for (
      const use of [
        'import { a as b } from "../src/a.ts"\n',
        'import * as all from "../src/a.ts"\n',
        'export { a } from "../src/a.ts"\n',
        'export * from "../src/a.ts"\n',
        'const { a } = await import("../src/a.ts")\n',
        'type A = typeof import("../src/a.ts").a\n'
      ]
    ) {
      expect(check({ ...a, "src/b.ts": use.replaceAll("../src", ".") }).filter((it) => it.startsWith("src/a")), use)
        .toEqual([])
      expect(check(a, { "test/a.test.ts": use }), use).toEqual([])
    }
    expect(check(a, { "test/a.test.ts": 'import { b } from "../src/a.ts"\n' })).toEqual(["src/a.ts:1 exports a"])
  })

  it("lets a type go where an export goes that is declared with it", () => {
    const source = "export interface Options { readonly a: 1 }\nexport interface Lone { readonly b: 1 }\n" +
      "export const run = (it: Options) => it /* Lone */\n"
    expect(check({ "src/a.ts": source }, { "test/a.test.ts": 'import { run } from "../src/a.ts"\n' })).toEqual([
      "src/a.ts:2 exports Lone"
    ])
  })
})

describe("subjectFaults()", () => {
  const check = (subject: string) => subjectFaults([{ id: "abc", subject }]).map((it) => it.split(". ")[0])

  it("accepts an area, or several, and what changed", () => {
    for (const it of ["cli: hints that name the way", "README: shorter", "sim, run/reset: a rule", "docs: a: b"]) {
      expect(check(it), it).toEqual([])
    }
  })

  it("refuses what has no area, and what is longer than a line of a log", () => {
    expect(check("A stop is told")).toEqual(['abc: "A stop is told" does not begin with its area'])
    expect(check("cli:")).toHaveLength(1)
    expect(check(`cli: ${"x".repeat(subjectLimit - 5)}`)).toEqual([])
    expect(check(`cli: ${"x".repeat(subjectLimit - 4)}`)).toEqual([
      "abc: the subject has 73 of at most 72 characters"
    ])
  })

  it("has nothing to check where there is no history, or none that reaches so far", () => {
    expect(commitsSince("HEAD", tmpdir())).toBeUndefined()
    expect(commitsSince("0000000000000000000000000000000000000001", import.meta.dirname)).toBeUndefined()
  })
})

describe("budgetViolations()", () => {
  const lines = (count: number) => "a()\n".repeat(count)

  it("holds files to 300 code lines", () => {
    expect(budgetViolations(one(lines(300)))).toEqual([])
    expect(places(budgetViolations(one(`${lines(301)}// comment\n`)))).toEqual(["src/engine/a.ts:1"])
  })

  it("holds functions, methods and generators to 60 code lines", () => {
    expect(budgetViolations(one(`const f = () => {\n${lines(58)}}\n`))).toEqual([])
    for (const head of ["function f() {", "const f = () => {", "const f = E.gen(function* () {", "class F { f() {"]) {
      const tail = head.startsWith("const f = E") ? "})" : head.startsWith("class") ? "}}" : "}"
      expect(places(budgetViolations(one(`\n${head}\n${lines(59)}${tail}\n`))), head).toEqual(["src/engine/a.ts:2"])
    }
  })

  it("holds files to 12 imports", () => {
    const importing = (count: number) => one(Array.from({ length: count }, (_, i) => `import "m${i}"\n`).join(""))
    expect(budgetViolations(importing(12))).toEqual([])
    expect(places(budgetViolations(importing(13)))).toEqual(["src/engine/a.ts:1"])
  })
})

describe("widthOf()", () => {
  const check = (text: string) => places(widthOf("src/engine/a.ts", text))
  const long = "x".repeat(130)

  it("holds comments of every kind to 120 columns", () => {
    expect(check(`/** ${"x".repeat(113)} */\n`)).toEqual([])
    expect(check(`/** ${long} */\n`)).toEqual(["src/engine/a.ts:1"])
    expect(check(`\n/**\n * ${long}\n */\nconst a = 1\n// ${long}\n`)).toEqual([
      "src/engine/a.ts:3",
      "src/engine/a.ts:6"
    ])
    expect(check(`const a = 1 // ${long}\n`)).toEqual(["src/engine/a.ts:1"])
  })

  it("leaves code to the formatter", () => {
    expect(check(`const a = "// ${long}"\nconst b = "${long}" // c\n`)).toEqual([])
  })
})

describe("the ratchet", () => {
  const long = one("a()\n".repeat(310))
  const wide = one(Array.from({ length: 13 }, (_, i) => `import "m${i}"\n`).join(""), "src/engine/b.ts")
  const ratchet = (lines: number, imports: number) => ({
    codeLines: { "src/engine/a.ts": lines },
    imports: { "src/engine/b.ts": imports }
  })
  const check = (lines: number, imports: number) =>
    ratchetViolations([long, wide], ratchet(lines, imports)).map(({ message }) => message)

  it("accepts exactly the size of today", () => {
    expect(check(310, 13)).toEqual([])
    expect([long, wide].flatMap((source) => budgetViolations(source, ratchet(310, 13)))).toEqual([])
  })
  it("refuses growth", () => {
    expect(check(305, 13)[0]).toContain("never the ratchet larger")
    expect(check(310, 12)[0]).toContain("never the ratchet larger")
  })
  it("asks for the lower number after shrinking", () =>
    expect(check(320, 14).join()).toMatch(/310.*Lower.*13 imports.*Lower/))
  it("refuses entries for files that are gone", () => {
    expect(places(ratchetViolations([], ratchet(310, 13)))).toEqual(["src/engine/a.ts:1", "src/engine/b.ts:1"])
  })
  it("still holds functions of a listed file to their budget", () => {
    const source = one(`function f() {\n${"a()\n".repeat(310)}}\n`)
    expect(places(budgetViolations(source, ratchet(312, 13)))).toEqual(["src/engine/a.ts:1"])
  })
})

describe("banViolations()", () => {
  const check = (text: string, path?: string) => places(banViolations(one(text, path)))

  it.each([
    "Date.now()",
    "new Date()",
    "Math.random()",
    "console.log(1)",
    "globalThis.Date.now()",
    "globalThis.console.warn(1)"
  ])(
    "refuses %s",
    (use) => expect(check(`\nconst a = () => ${use}\n`)).toEqual(["src/engine/a.ts:2"])
  )

  it("accepts a date made from a number, look-alikes, and text", () => {
    expect(check('new Date(0)\nconst s = "Date.now()" // Date.now()\nit.console.log(1)\nMath.max(1)\n')).toEqual([])
  })

  it("lets the command line print", () => expect(check("console.log(1)\n", "src/cli/run.ts")).toEqual([]))

  it("refuses the root of Effect, the driver outside of Database.ts, and the package's own name", () => {
    expect(check('import { Effect } from "effect"\n')).toHaveLength(1)
    expect(check('import type Database from "better-sqlite3"\n')).toHaveLength(1)
    expect(check('import Database from "better-sqlite3"\n', "src/sqlite/Database.ts")).toEqual([])
    expect(check('import { open } from "pinnace"\n')).toHaveLength(1)
  })

  it("keeps Effect services out of the pure rules, but not their types", () => {
    expect(check('import * as Effect from "effect/Effect"\n', "src/run/a.ts")).toHaveLength(1)
    expect(check('import type * as Effect from "effect/Effect"\n', "src/run/a.ts")).toEqual([])
    expect(check('import * as Duration from "effect/Duration"\n', "src/run/a.ts")).toEqual([])
  })

  it("accepts an exemption with a reason, on the line or above it", () => {
    expect(check("Date.now() // tidy: allow Date.now — the wall clock is the point\n")).toEqual([])
    expect(check("// tidy: allow console — it is the user's\nconsole.log(1)\n")).toEqual([])
  })

  it("refuses an exemption without a reason, of another use, or of nothing", () => {
    expect(check("Date.now() // tidy: allow Date.now\n")).toHaveLength(1)
    expect(check("Date.now() // tidy: allow Math.random — chance\n")).toHaveLength(2)
    expect(check("// tidy: allow Date.now — stale\nfoo()\n")).toHaveLength(1)
  })
})

describe("nameViolations()", () => {
  it("refuses names that say nothing, as folder or file", () => {
    expect(places(nameViolations("src/utils/a.ts"))).toHaveLength(1)
    expect(places(nameViolations("src/run/helpers.ts"))).toHaveLength(1)
    expect(places(nameViolations("test/run/Types.test.ts"))).toHaveLength(1)
    expect(places(nameViolations("src/run/typesOfOutcome.ts"))).toEqual([])
  })
})

describe("undocumented()", () => {
  it("asks every declared export for a docstring", () => {
    const source = one(
      "/** One. */\nexport const a = 1\nexport const b = 2\n// Not a docstring.\nexport interface C {}\n/** Four. */\n\nexport class D {}\n" +
        "/** Five. */\n// deno-lint-ignore no-explicit-any -- why\nexport type E = any\nconst f = 6\nexport { f }\n"
    )
    expect(places(undocumented(source))).toEqual(["src/engine/a.ts:3", "src/engine/a.ts:5", "src/engine/a.ts:12"])
  })

  it("takes a docstring on one of several overloads", () => {
    expect(
      undocumented(
        one(
          "/** A. */\nexport function a(b: 1): 1\nexport function a(b: 2): 2\nexport function a(b: any) { return b }\n"
        )
      )
    )
      .toEqual([])
  })
})

describe("undocumentedPublic()", () => {
  const check = (entry: string, file = "") => {
    const sources = parse({
      "mod.ts": entry,
      "src/a.ts": file,
      "src/b.ts": "/** B. */\nexport const b = 1\nexport const c = 2\n"
    })
    const [mod] = sources
    return mod === undefined ? ["no entry"] : undocumentedPublic(mod, sources).map(({ message }) => message)
  }

  it("follows names to their declaration", () => {
    expect(check('export { a } from "./src/a.ts"\n', 'export { b as a } from "./b.ts"\n')).toEqual([])
    expect(check('export { a } from "./src/a.ts"\n', 'export { c as a } from "./b.ts"\n')[0]).toContain("no docstring")
    expect(check('import { c } from "./src/b.ts"\nexport { c }\n')[0]).toContain("no docstring")
    expect(check('export { d } from "./src/b.ts"\n')[0]).toContain("does not export d")
  })

  it("leaves names of other packages to them", () => {
    expect(
      check('import * as Schema from "effect/Schema"\nexport { Schema }\nexport * as Schedule from "effect/Schedule"\n')
    ).toEqual([])
  })

  it("refuses export *", () => expect(check('export * from "./src/b.ts"\n')[0]).toContain("Name each export"))
})

describe("parityViolations()", () => {
  const npm = {
    version: "1.0.0",
    exports: { ".": built("./mod.ts"), "./package.json": "./package.json" },
    scripts: { test: "x", prepack: "y" },
    dependencies: { a: "1.0.0" },
    peerDependencies: { effect: "4.0.0" }
  }
  const deno = {
    version: "1.0.0",
    exports: { ".": "./mod.ts" },
    imports: { a: "npm:a@1.0.0", effect: "npm:effect@4.0.0" },
    tasks: { test: "npm run test --" }
  }
  const check = (change: object) =>
    parityViolations(npm, { ...deno, ...change }).map(({ message }) => message.split(" must")[0])

  it("accepts the same on both sides", () => expect(check({})).toEqual([]))
  it("refuses another version", () => expect(check({ version: "1.0.1" })).toEqual(["version: version"]))
  it("refuses a missing, an additional and a different export", () => {
    expect(check({ exports: {} })).toEqual(["exports: ."])
    expect(check({ exports: { ...deno.exports, "./b": "./b.ts" } })).toEqual(["exports: ./b"])
    expect(check({ exports: { ".": "./other.ts" } })).toEqual(["exports: ."])
  })
  it("refuses another dependency version", () => {
    expect(check({ imports: { ...deno.imports, a: "npm:a@2.0.0" } })).toEqual(["dependencies: a"])
  })
  it("refuses a missing task", () => expect(check({ tasks: {} })).toEqual(["tasks: test"]))
})
