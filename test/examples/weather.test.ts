/** The demonstration behind `npm start`, run as users run it, and its parts that are easy to get wrong. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type { WriteStream } from "node:tty"
import { pathToFileURL } from "node:url"
import { describe, expect, it } from "vitest"
import { daylight } from "../../examples/weather/almanac.ts"
import { compareYears, summariseMonth, summariseYear } from "../../examples/weather/statistics.ts"
import { paint } from "../../examples/weather/terminal/Line.ts"
import { Screen } from "../../examples/weather/terminal/Screen.ts"
import { treeLines } from "../../examples/weather/terminal/tree.ts"
import { byYear, rowsOf, source, toDay } from "../../examples/weather/weather.ts"
import type { NodeView, PlanJson } from "../../mod.ts"
import { makeDirectory, root, run } from "./program.ts"

const main = `${root}examples/weather/main.ts`
const cells = rowsOf(readFileSync(source, "utf8")).map((row) => row.split(","))

/** The pipeline in a folder where it can be edited; answers its program. */
const copied = (folder: string): string => {
  const files = readdirSync(`${root}examples/weather`, { recursive: true, encoding: "utf8" })
  for (const name of files.filter((it) => it.endsWith(".ts"))) {
    const text = readFileSync(`${root}examples/weather/${name}`, "utf8")
    const at = join(folder, "weather", name)
    mkdirSync(dirname(at), { recursive: true })
    writeFileSync(at, text.replaceAll(/"(?:\.\.\/){2,3}(mod\.ts|src\/|node_modules\/)/g, `"${pathToFileURL(root)}$1`))
  }
  return join(folder, "weather/main.ts")
}

describe("the demonstration", () => {
  it("ends with a report that holds the numbers of the data, in plain lines where there is no terminal", async () => {
    const folder = makeDirectory()
    const main = copied(folder)
    const { code, stderr, stdout } = await run(main, ["--folder", folder, "--pace", "0"])
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    expect(stdout).toMatch(/Succeeded in .* s: 70 nodes, 6 failed attempts tried again\n/)
    expect(stdout).not.toContain("\x1b")
    expect(stdout).toMatch(/Succeeded {2}years\[2015\]\/months\[2015-12\]\n/)
    const report = readFileSync(join(folder, "report.html"), "utf8")
    for (const year of ["2012", "2013", "2014", "2015"]) {
      const rain = cells.filter(([date]) => date?.startsWith(year)).reduce((sum, [, mm]) => sum + Number(mm), 0)
      expect(report).toContain(`<td>${Math.round(rain).toLocaleString("en-US")} mm</td>`)
    }
    expect(report).toContain(`${Math.max(...cells.map(([, , high]) => Number(high)))} °C`)
    expect(report).not.toMatch(/NaN|undefined|Infinity|null/)
    expect(JSON.parse(readFileSync(join(folder, "outcome.json"), "utf8"))).toMatchObject({ phase: "Succeeded" })
    const again = await run(main, ["--folder", folder, "--pace", "0"])
    expect(again.stdout).toMatch(/Reused {5}59 results of an earlier run, which saved .* of work\n/)
    // Only the almanac is asked again: it answers as before, so what reads that is reused.
    const helper = join(folder, "weather/almanac.ts")
    writeFileSync(helper, readFileSync(helper, "utf8").replace("30.4 *", "30.4 * 1 *"))
    const edited = await run(main, ["--folder", folder, "--pace", "0"])
    expect(edited.stdout).toMatch(/Reused {5}55 results of an earlier run/)
    expect(edited.stdout.match(/Succeeded {2}\S+almanac\n/g)?.length).toBe(4)
  })

  it("runs no finished node again after it was killed in the middle", async () => {
    const { code, stderr, stdout } = await run(main, ["--crash", "--folder", makeDirectory(), "--pace", "0.3"])
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    const counts = /(\d+) nodes were finished before the kill, (\d+) of them ran again \((\d+) that were open did\)/
      .exec(
        stdout
      )
    expect(Number(counts?.[1])).toBeGreaterThanOrEqual(20)
    expect(Number(counts?.[2])).toBe(0)
  })
})

describe("the data", () => {
  it("is refused with its line when a row is no day", () => {
    expect(() => toDay("2012-01-01,1.0,3.0,5.0,2.0,rain", 0)).toThrow(/low is above the high/)
    expect(() => toDay("2012-01-01,x,5.0,3.0,2.0,rain", 41)).toThrow(expect.objectContaining({ line: 43 }))
    expect(() => toDay("2012-01-01,1.0,5.0,3.0,2.0,hail", 0)).toThrow()
  })

  it("is grouped into whole years", () => {
    const years = byYear(cells.map((row, index) => toDay(row.join(","), index)))
    expect(years.map(({ year, months }) => [year, months.length, months.flatMap(({ days }) => days).length])).toEqual([
      [2012, 12, 366],
      [2013, 12, 365],
      [2014, 12, 365],
      [2015, 12, 365]
    ])
  })
})

describe("statistics", () => {
  it("find the longest time without rain, across months and years", () => {
    const day = (date: string, rain: number) => ({ date, rain, high: 5, low: 1, kind: "sun" as const })
    const year = (number: number, days: ReadonlyArray<ReturnType<typeof day>>) =>
      summariseYear(number, [summariseMonth({ month: `${number}-01`, days })], [])
    const { dry } = compareYears([
      year(2012, [day("2012-12-29", 0), day("2012-12-30", 3), day("2012-12-31", 0)]),
      year(2013, [day("2013-01-01", 0), day("2013-01-02", 0), day("2013-01-03", 1), day("2013-01-04", 0)])
    ])
    expect(dry).toEqual({ from: "2012-12-31", to: "2013-01-02", days: 3 })
  })
})

describe("the almanac", () => {
  it("is busy on the same attempts every time, then knows the longest and the shortest days", () => {
    expect(() => daylight(2015, 3)).toThrow(expect.objectContaining({ _tag: "AlmanacBusy" }))
    const hours = daylight(2015, 4)
    expect(Math.max(...hours)).toBe(hours[5])
    expect(Math.min(...hours)).toBe(hours[11])
    expect(hours[5]).toBeCloseTo(16, 0)
    expect(hours[11]).toBeCloseTo(8.4, 0)
  })
})

describe("the tree", () => {
  const node = (name: string, kind: "task" | "map") => ({
    name,
    kind,
    runs: name,
    description: null,
    after: [],
    reads: {},
    depends: null,
    guarded: false,
    plan: null
  })
  const plan: PlanJson = {
    version: 1,
    digest: "a",
    plans: { a: { name: "a", description: null, result: [], nodes: [node("load", "task"), node("each", "map")] } }
  }
  const row = (
    path: string,
    more: Partial<NodeView>
  ) => [path, {
    path,
    phase: "Running",
    attempt: 1,
    startedAt: 0,
    ...more
  }]
  const lines = (...rows: ReadonlyArray<ReturnType<typeof row>>): ReadonlyArray<string> =>
    treeLines({
      title: "a",
      plan,
      rows: new Map(rows as unknown as ReadonlyArray<[string, NodeView]>),
      sizes: new Map([["each", 4]]),
      startedAt: 0,
      now: 0
    }).map((line) => paint(line, 60, false).trimEnd())

  it("shows nodes that have not begun, wait to be tried again, or are counted", () => {
    expect(lines()).toEqual(["a  0.0 s", "├─ · load", "└─ · each"])
    expect(lines(row("load", { waiting: "Retry", message: "busy", until: 1500 }))[1])
      .toBe("├─ ↻ load      attempt 1 failed (busy), again in 1.5 s")
    expect(lines(row("each", {}), row("each[x]", { phase: "Succeeded" }), row("each[y]", {}))[2])
      .toBe("└─ ⠋ each      ▰▰▰▱▱▱▱▱▱▱▱▱ 1 of 4")
  })

  it("is cut to the width of the terminal, colours not counted", () => {
    expect(paint([["abc", "red"], ["def", "plain"]], 4, true)).toBe("\x1b[31mabc\x1b[0md")
  })
})

describe("the screen", () => {
  const drawOn = (rows: number, ...frames: ReadonlyArray<ReadonlyArray<string>>): string => {
    let written = ""
    const out = { columns: 20, rows, write: (text: string) => written = text } as unknown as WriteStream
    const screen = new Screen(out, false)
    for (const lines of frames) {
      written = ""
      screen.draw(lines.map((line) => [[line, "plain"]]))
    }
    return written
  }

  it("draws again from the first line that changed", () => {
    const written = drawOn(24, ["a", "b", "c"], ["a", "x", "c"])
    expect(written).toContain("\x1b[2A\x1b[2Kx\n\x1b[2Kc\n")
    expect(written).not.toContain("\x1b[2Ka")
  })

  it("writes nothing when nothing changed", () => expect(drawOn(24, ["a", "b"], ["a", "b"])).toBe(""))

  it("wipes lines that are gone", () => expect(drawOn(24, ["a", "b"], ["a"])).toContain("\x1b[1A\x1b[J"))

  it("shows the last lines where not all fit", () => {
    const written = drawOn(3, ["a", "b", "c"])
    expect(written).toContain("\x1b[2Kb\n\x1b[2Kc\n")
    expect(written).not.toContain("a\n")
  })
})
