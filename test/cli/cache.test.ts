/** `pinnace cache`: every command line, and what it prints. */
import { afterAll, beforeAll, expect, test } from "vitest"
import { open, Schema, task, workflow } from "../../mod.ts"
import { Here } from "./Here.ts"

const here = new Here()
afterAll(() => here[Symbol.dispose]())

const embed = task("embed", { input: Schema.Number, output: Schema.Number, cache: { version: 1 }, run: (n) => n })
const clean = task("clean", { output: Schema.String, cache: { version: 1, ttl: "2 days" }, run: () => "é" })
const flow = workflow("flow", { input: Schema.Number }, (w) => {
  w.node("clean", clean)
  w.node("embed", embed, { input: w.input })
})

beforeAll(async () => {
  await using pinnace = await open(here.db)
  for (const [at, n] of [1, 2, 2].entries()) await pinnace.run(flow, n, { id: `run-${at + 1}` })
})

const forms = "write `cache ls [NAME]`, `cache explain RUN [NODE]` or `cache rm NAME|KEY`"

test.each<[string, number, string]>([
  ["dump", 64, `${forms}: "dump" is none of them`],
  ["constructor", 64, `${forms}: "constructor" is none of them`],
  ["ls embed clean", 64, '"clean" is one argument too many'],
  ["explain a b c", 64, '"c" is one argument too many'],
  ["rm embed clean", 64, '"clean" is one argument too many'],
  ["explain", 64, "write which run: `cache explain RUN [NODE]`"],
  ["ls --all", 64, "--all belongs to `cache rm`"],
  ["--dry-run", 64, "--dry-run belongs to `cache rm`"],
  ["explain run-1 --older-than 1d", 64, "--older-than belongs to `cache rm`"],
  ["ls --keep 3", 64, "--keep belongs to `cache rm`"],
  ["rm", 64, "write what to forget: a NAME, a KEY, --older-than 7d, --keep 1000, --keep-bytes 1GB, or --all"],
  ["rm --dry-run", 64, "write what to forget"],
  ["rm embed --older-than never", 64, "--older-than never: write a time such as 90s, 2h or 7d"],
  ["rm --keep few", 64, "--keep few: write a whole number from 0"],
  ["rm --keep-bytes much", 64, "--keep-bytes much: write a size such as 500MB or 2GiB"],
  ["rm embde", 64, 'no result of "embde" is remembered. Did you mean "embed"?'],
  ["ls embde", 64, 'no result of "embde" is remembered. Did you mean "embed"?'],
  ["explain run-9", 64, 'there is no run "run-9" in this state file.'],
  ["ls -o yaml", 64, "yaml"]
])("cache %s is refused: exit code %i", async (line, code, says) => {
  const done = await here.run("cache", ...line.split(" "))
  expect([done.code, done.err]).toEqual([code, expect.stringContaining(says)])
})

test("What is remembered is listed with its sizes, by name or all of it", async () => {
  const row = (name: string) => new RegExp(`^${name} +1 +4 B +- +1 +\\S+ +\\S+ ago +2d$`, "m")
  const all = await here.ok("cache")
  expect(all).toMatch(/^NAME +ENTRIES +SIZE +ARTIFACTS +HITS +SAVED +NEWEST +TTL\n/)
  expect(all).toMatch(row("clean"))
  expect(all).toMatch(/^total +3 +6 B +2 +\S+ *$/m)
  expect(await here.ok("cache", "ls")).toBe(all)
  expect(await here.ok("cache", "ls", "clean")).toMatch(row("clean"))
  expect(await here.ok("cache", "ls", "clean")).not.toContain("total")
  expect(JSON.parse(await here.ok("cache", "ls", "embed", "-o", "json"))).toMatchObject([
    { name: "embed", entries: 2, bytes: 2, artifacts: { count: 0, bytes: 0 }, uses: 1, ttl: null }
  ])
})

test("What is explained is a run or one of its nodes", async () => {
  const all = await here.ok("cache", "explain", "run-2")
  expect(all).toMatch(/^clean reused the result of run-1 clean/m)
  expect(all).toMatch(/^embed was computed: no result has this key, input differs from run-1 embed/m)
  expect(await here.ok("cache", "explain", "run-2", "embed")).not.toContain("clean")
  expect(JSON.parse(await here.ok("cache", "explain", "run-2", "clean", "-o", "json"))).toMatchObject([
    { node: "clean", reused: { run: "run-1" } }
  ])
})

test("What is forgotten is told with its bytes, and can be told before", async () => {
  const rm = (...args: ReadonlyArray<string>) => here.ok("cache", "rm", ...args)
  const [explained] = JSON.parse(await here.ok("cache", "explain", "run-1", "embed", "-o", "json")) as [{ key: string }]
  const rest = "3 results (6 B) would be forgotten\n"
  expect(await rm("--all", "--dry-run")).toBe(rest)
  expect(await rm("--older-than", "0s", "--dry-run")).toMatch(/^\d results/)
  expect(await rm("embed", "--older-than", "1d")).toBe("0 results forgotten\n")
  expect(await rm("--keep", "2", "--dry-run")).toMatch(/^1 result \(\d B\) would be forgotten\n$/)
  expect(await rm("--keep", "3")).toBe("0 results forgotten\n")
  expect(await rm("--keep-bytes", "1kB")).toBe("0 results forgotten\n")
  expect(await rm("embed", "--keep", "0", "--dry-run")).toBe("2 results (2 B) would be forgotten\n")
  expect(await rm(explained.key.slice(0, 12))).toBe("1 result (1 B) forgotten\n")
  expect(JSON.parse(await rm("embed", "-o", "json"))).toEqual({
    results: 1,
    bytes: 1,
    artifacts: { count: 0, bytes: 0 }
  })
  expect(await rm("--all")).toBe("1 result (4 B) forgotten\n")
  expect(await here.ok("cache")).toBe("Nothing is remembered: give a task `cache: true`, or a template `memoize`\n")
  expect(await rm("--all")).toBe("0 results forgotten\n")
})
