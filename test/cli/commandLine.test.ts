/** What scripts rely on: exit codes, messages, quiet streams. */
import { spawnSync } from "node:child_process"
import { chmodSync, existsSync, mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { page } from "../../src/cli/help.ts"
import { verbs } from "../../src/cli/table.ts"
import { version } from "../../src/cli/version.ts"
import { resolve } from "../tidy/graph.ts"
import { parseSource } from "../tidy/Source.ts"
import { Cli } from "./Cli.ts"

const repository = join(import.meta.dirname, "../..")
let cli: Cli
beforeAll(async () => {
  cli = new Cli()
  cli.file("hello.yaml", script("hello", "echo hi"))
  cli.file("binary.yaml", "kind: Workflow\0\u0001")
  cli.file("broken.yaml", "[1, 2")
  cli.file("nothing.yaml", "")
  cli.file("imports.ts", 'import "./none.ts"\n')
  cli.file("foreign.ts", 'export const w = { _tag: "Workflow", name: "w" }\n')
  const library = JSON.stringify(join(repository, "mod.ts"))
  const asking =
    `export const w = workflow("w", { input: { n: Schema.Number, day: Schema.optionalKey(Schema.String) } }, () => {})`
  cli.file("asking.ts", `import { Schema, workflow } from ${library}\n${asking}\n`)
  cli.file("unfinished.ts", "const x: = 1\n")
  mkdirSync(join(cli.folder, "empty"))
  mkdirSync(join(cli.folder, "two"))
  cli.file("two/b.yaml", script("two", "echo 2").replace("name: two", "generateName: two-"))
  cli.file("two/a.yaml", script("one", "echo 1"))
  // What stands beside manifests in a project.
  for (const folder of ["node_modules/p", ".github"]) mkdirSync(join(cli.folder, "two", folder), { recursive: true })
  for (const name of ["package.json", "node_modules/p/package.json", "node_modules/p/c.yaml", ".github/ci.yml"]) {
    cli.file(`two/${name}`, '{"name": "p"}')
  }
  await cli.run(["run", "hello.yaml"])
})
afterAll(() => cli?.remove())

const script = (name: string, source: string) =>
  `kind: Workflow\nmetadata: {name: ${name}}\nspec:\n  entrypoint: main\n  templates:\n  - {name: main, script: {command: [sh], source: ${
    JSON.stringify(source)
  }}}\n`

describe("a wrong command line", () => {
  const wrong: ReadonlyArray<readonly [args: ReadonlyArray<string>, says: string]> = [
    [["--db", "x"], "say what to do"],
    [["lst"], 'Did you mean "list"?'],
    [["kill", "x"], 'Did you mean "terminate"?'],
    [["toString"], 'there is no verb "toString"'],
    [["-v"], "-v is not a verb"],
    [["template", "list"], "name them beside the manifest"],
    [["stuck"], 'there is no verb "stuck". Did you mean "why"?'],
    [["run", "two", "--detach"], "Use submit, which runs it in the background"],
    [["export", "@latest", "-o", "x.tgz"], "Unknown option '-o'. Files are named without it"],
    [["list", "-A"], "There are no namespaces here"],
    [["list", "-n", "3"], "How many to show is --limit N"],
    [["worker", "--pool", "gpu=x"], 'write a whole number from 1 after "=", as in --pool gpu=2'],
    [["worker", "--pool", "gpu=0"], 'write a whole number from 1 after "=", as in --pool gpu=2'],
    [["get", "@last"], 'Did you mean "@latest"?'],
    [["run", "asking.ts", "--input", "@none.json"], "Cannot read none.json: there is no such file"],
    [["submit", "--from", "x"], "Name the file of the template"],
    [["cron", "list"], "Usage: pinnace cron"],
    [["run", "two"], "There are 2 workflows: one, two (Say which one: --workflow NAME"],
    [["run", "two", "--workflow", "tw"], 'Did you mean "two"?'],
    [["lint", "nothing.yaml"], "nothing.yaml: there is nothing in it"],
    [["run", "nothing.yaml"], "Give it a document of kind Workflow"],
    [["run", "imports.ts"], "imports.ts: Cannot find module"],
    [["run", "unfinished.ts"], "unfinished.ts: "],
    [["run", "foreign.ts"], "imports another copy of pinnace"],
    [["run", "asking.ts"], "Give it as JSON: --input"],
    [["run", "asking.ts", "-p", "m=3"], "-p m: the input of the workflow has no such field, it has n, day."],
    [["cp", "hello"], "has no artifacts"],
    [["list", "--stats", "x"], 'Did you mean "--status"?'],
    [["list", "--status", "done"], "choose among Pending"],
    [["list", "--since", "yesterday"], "write a time such as 90s"],
    [["get"], "get needs RUN"],
    [["get", "helo"], 'Did you mean "hello"?'],
    [["get", "@latest", "-o", "xml"], "choose wide, short, name, json, yaml"],
    [["stop"], "name a RUN"],
    [["version", "now"], "one argument too many"],
    [["logs", "@latest", "--grep", "("], "not a regular expression"],
    [["logs", "@latest", "nowhere"], 'no node "nowhere"'],
    [["run", "none.yaml"], "Cannot read"],
    [["run", "none.ts"], "there is no such file"],
    [["run", "hello.yaml", "-p", "n"], "write NAME=VALUE"],
    [["run", "hello.yaml", "--input", "{}"], "give manifests parameters with -p"],
    [["completion", "tcsh"], "choose bash, zsh or fish"],
    [["run", "binary.yaml"], "it is not a text file"],
    [["run", "empty"], "holds no manifests"],
    [["lint", "empty"], "holds no manifests"],
    [["run", "hello.yaml", "--parameter-file", "broken.yaml"], "broken.yaml: Flow sequence"],
    [["run", "hello.yaml", "--entrypoint", "mian"], 'Did you mean "main"?'],
    [["list", "--db", ""], "--db needs the name of a state file"],
    [["list", "--db", "empty"], "that is a directory"],
    [["list", "--db"], "argument missing\n"],
    [["import", "hello.yaml"], "hello.yaml: it is not a run that `export` wrote"],
    [["export", "hello", "none/x.tgz"], "none/x.tgz: there is no such file or directory (ENOENT)"],
    [["init", "hello.yaml/x"], "a part of this path is a file"],
    [["graph", "none.ts"], "there is no such file"],
    [["help", "retyr"], 'Did you mean "retry"?']
  ]
  it.each(wrong)("%j ends with 64 and says what to do", async (args, says) => {
    const { code, err, out } = await cli.run(args)
    expect([code, out]).toEqual([64, ""])
    expect(err).toContain(says)
    expect(err).not.toContain("    at ")
  })

  it("a field of the input that holds a text needs no quotes around a number, and may have them", async () => {
    for (const [at, day] of ["2026", '"2026"', "true", "null"].entries()) {
      const { code, out } = await cli.run([
        "run",
        "asking.ts",
        "-p",
        "n=3",
        "-p",
        `day=${day}`,
        "--id",
        `day-${at}`,
        "--db",
        "days.db"
      ])
      expect([code, out]).toEqual([0, expect.stringContaining(`day-${at} Succeeded`)])
    }
  })

  it("a module that throws is told with its place, and with all of the stack with --debug", async () => {
    cli.file("broken.ts", "const luck = 0\nthrow new Error('no such luck')\n")
    const plain = await cli.run(["run", "broken.ts"])
    const said = expect.stringMatching(
      /^pinnace: Cannot load \S+broken\.ts, since it throws Error: no such luck\n {2}at \S+broken\.ts:2:\d+\n$/
    )
    expect([plain.code, plain.err]).toEqual([64, said])
    expect((await cli.run(["run", "broken.ts", "--debug"])).err).toContain("    at ")
  })
})

it("one of several workflows is chosen behind the name of their file", async () => {
  cli.file(
    "both.ts",
    `import { workflow } from ${JSON.stringify(join(repository, "mod.ts"))}
export const one = workflow("one", {}, () => {})
export const two = workflow("two", {}, () => {})
`
  )
  expect((await cli.run(["run", "both.ts#two", "--id", "two-2", "--db", "both.db"])).code).toBe(0)
  expect((await cli.run(["run", "both.ts#three", "--db", "both.db"])).err).toContain('exports no workflow "three"')
  expect((await cli.run(["get", "two-2", "--db", "both.db"])).out).toContain("Workflow:            two")
})

it("one of several workflows is chosen by its name, also by that of which names are made", async () => {
  expect((await cli.run(["run", "two", "--workflow", "two", "--id", "two-1", "--db", "two.db"])).code).toBe(0)
  expect((await cli.run(["logs", "two-1", "--db", "two.db"])).out).toMatch(/^two-\w+: 2\n$/)
})

it("a choice of no runs is told", async () => {
  expect(await cli.run(["delete", "--older", "1d"])).toEqual({ code: 0, out: "No runs found\n", err: "" })
})

describe("the state file", () => {
  it("is not made by looking", async () => {
    const { code, err } = await cli.run(["list"], { PINNACE_DB: join(cli.folder, "none.db") })
    expect([code, err]).toEqual([64, expect.stringContaining("there is no state file")])
  })

  it("is pinnace.db where none is named", async () => {
    const { code } = await cli.run(["run", "hello.yaml"], { PINNACE_DB: undefined })
    expect(code).toBe(0)
    expect((await cli.run(["list", "-o", "name"], { PINNACE_DB: undefined })).out).toMatch(/^hello-/)
    expect((await cli.run(["--db=pinnace.db", "list", "-o", "name"])).out).toMatch(/^hello-/)
  })

  it("that belongs to another program is refused", async () => {
    const path = cli.file("other.txt", "this is not a database, and it is long enough to be sure of it\n".repeat(20))
    const { code, err } = await cli.run(["list", "--db", path])
    expect([code, err]).toEqual([64, expect.stringContaining("other.txt")])
  })

  it.skipIf(process.getuid?.() === 0)("that cannot be written is told of", async () => {
    const path = join(cli.folder, "state.db")
    chmodSync(path, 0o444)
    const { code, err } = await cli.run(["list"])
    chmodSync(path, 0o644)
    expect([code, err]).toEqual([2, expect.stringContaining("state.db")])
  })
})

describe("output", () => {
  it("ends quietly when nobody reads any more", () => {
    const main = join(repository, "src/cli/main.ts")
    const line = `"${process.execPath}" "${main}" help | head -1; echo "\${PIPESTATUS[0]}"`
    const { stderr, stdout } = spawnSync("bash", ["-c", line], { encoding: "utf8", cwd: cli.folder })
    expect(stdout).toMatch(/^pinnace: .*\n0\n$/)
    expect(stderr).toBe("")
  })

  it("ends quietly when it is closed, with the exit code of the work", async () => {
    const main = join(repository, "src/cli/main.ts")
    const run = (args: string, closed: string) =>
      spawnSync("bash", ["-c", `"${process.execPath}" "${main}" ${args} ${closed}`], {
        encoding: "utf8",
        cwd: cli.folder
      })
    for (const closed of [">&-", "2>&-", ">&- 2>&-", "<&-"]) {
      expect(run("run hello.yaml --db closed.db", closed), closed).toMatchObject({ status: 0, stderr: "" })
      expect(run("get nothing --db closed.db", closed).status, closed).toBe(64)
    }
  })

  it.skipIf(!existsSync("/dev/full"))("that cannot be written is told of, and is no success", () => {
    const main = join(repository, "src/cli/main.ts")
    const line = `"${process.execPath}" "${main}" list -o json > /dev/full`
    const env = { ...process.env, PINNACE_DB: cli.db }
    const { status, stderr } = spawnSync("bash", ["-c", line], { encoding: "utf8", cwd: cli.folder, env })
    expect([status, stderr]).toEqual([2, expect.stringMatching(/^pinnace: cannot write its output: .*\n$/)])
  })

  it("that nobody reads to its end stops no run", () => {
    const main = join(repository, "src/cli/main.ts")
    const line =
      `"${process.execPath}" "${main}" run hello.yaml --db head.db --id head-1 | head -1; echo "\${PIPESTATUS[0]}"`
    const { stderr, stdout } = spawnSync("bash", ["-c", line], { encoding: "utf8", cwd: cli.folder })
    expect([stdout, stderr]).toEqual([expect.stringMatching(/^● hello Running\n0\n$/), ""])
  })

  it("has colours only where they are wanted", async () => {
    const escape = String.fromCharCode(27)
    expect((await cli.run(["list"])).out).not.toContain(escape)
    expect((await cli.run(["list"], { NO_COLOR: undefined })).out).not.toContain(escape)
    const forced = { NO_COLOR: undefined, FORCE_COLOR: "1" }
    expect((await cli.run(["list"], forced)).out).toContain(`${escape}[32mSucceeded`)
    expect((await cli.run(["list", "--no-color"], forced)).out).not.toContain(escape)
  })

  it("has letters in place of icons when asked", async () => {
    expect((await cli.run(["get", "@latest", "--no-utf8"])).out).toContain(" Succeeded hello  main")
  })
})

describe("manifests", () => {
  it("may have the line endings of Windows, as all that is given to it", async () => {
    const windows = (text: string): string => text.replaceAll("\n", "\r\n")
    const manifest = script("windows", "echo {{workflow.parameters.word}}").replace(
      "entrypoint: main",
      "entrypoint: main\n  arguments: {parameters: [{name: word}, {name: other}]}"
    )
    cli.file("windows.yaml", windows(manifest))
    cli.file("words.yaml", windows("word: hi\nother: there\n"))
    expect((await cli.run(["run", "windows.yaml", "--parameter-file", "words.yaml", "--id", "win-1"])).code).toBe(0)
    expect((await cli.run(["logs", "win-1"])).out).toBe("windows: hi\n")
    cli.file("input.json", windows('{\n  "n": 3\n}\n'))
    const library = JSON.stringify(join(repository, "mod.ts"))
    cli.file(
      "windows.ts",
      windows(
        `import { Schema, task, workflow } from ${library}\nconst t = task("t", { input: { n: Schema.Number }, output: Schema.Number, run: ({ n }) => n * 2 })\nexport const w = workflow("w", { input: { n: Schema.Number } }, (w) => w.node("t", t, { input: { n: w.input.n } }))\n`
      )
    )
    expect((await cli.run(["run", "windows.ts", "--input", "@input.json"])).out).toContain("output = 6\n")
  })
})

describe("help", () => {
  it("is what who says nothing is shown", async () => {
    const { code, out } = await cli.run([])
    expect([code, out]).toEqual([0, (await cli.run(["--help"])).out])
    expect(out).toContain("Run a manifest or a TypeScript workflow to its end")
  })

  it("is there for every verb, with examples that use its own options", async () => {
    for (const [name, entry] of Object.entries(verbs)) {
      const { verb } = await entry.load()
      const text = page("pinnace", name, verb)
      expect(text, name).toContain(`Usage: pinnace ${name}`)
      expect(verb.examples.length, name).toBeGreaterThan(0)
      for (const [line] of verb.examples) {
        for (const [option] of line.matchAll(/(?<= )--[a-z-]+/g)) expect(text, `${name}: ${option}`).toContain(option)
      }
      expect(Math.max(...text.split("\n").map((it) => it.length)), name).toBeLessThan(110)
    }
  })

  it("is printed by help VERB and by --help", async () => {
    const [one, two] = await Promise.all([cli.run(["help", "retry"]), cli.run(["retry", "--help"])])
    expect(one).toEqual(two)
    expect(one).toMatchObject({ code: 0, out: expect.stringContaining("--dry-run") })
  })

  it("comes with completions for shells", async () => {
    for (const shell of ["bash", "zsh", "fish"]) {
      const { code, out } = await cli.run(["completion", shell])
      expect([code, out]).toEqual([0, expect.stringContaining("timeline")])
    }
    const { out } = await cli.run(["completion", "bash"])
    const check = `${out}\nCOMP_WORDS=(pinnace re); COMP_CWORD=1; _pinnace; echo "\${COMPREPLY[@]}"`
    expect(spawnSync("bash", ["-c", check], { encoding: "utf8" }).stdout).toBe("resume retry resubmit restore\n")
  })
})

describe("version", () => {
  it("is that of the package", async () => {
    expect(version).toBe(JSON.parse(readFileSync(join(repository, "package.json"), "utf8")).version)
    expect((await cli.run(["version"])).out).toContain(`pinnace ${version} (Node `)
  })

  it("is told without loading anything of the engine", () => {
    const reached = new Set(["src/cli/main.ts", "src/cli/verbs/version.ts"])
    for (const path of reached) {
      if (!path.endsWith(".ts")) continue
      const { imports } = parseSource(path, readFileSync(join(repository, path), "utf8"))
      for (const { erased, kind, specifier } of imports) {
        if (kind === "import" && !erased) reached.add(resolve(path, specifier) ?? specifier)
      }
    }
    // The slot of the driver has no imports; what fills it is loaded by whoever opens a file.
    reached.delete("src/sqlite/driver.ts")
    const heavy = [...reached].filter((it) => /^(src\/(engine|embed|sqlite|journal|store)|effect|yaml)\b/.test(it))
    expect([reached.size > 8, heavy]).toEqual([true, []])
  })
})
