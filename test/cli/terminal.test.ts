/** What a person sees, through a real terminal (tmux). Skipped where tmux is not installed. */
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import process from "node:process"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Cli } from "./Cli.ts"

const hasTmux = spawnSync("tmux", ["-V"]).status === 0
const main = join(import.meta.dirname, "../../src/cli/main.ts")
const library = join(import.meta.dirname, "../../mod.ts")
const socket = `pinnace-test-${process.pid}`

/** Everything ends when the file "go" is there; the watcher on it wakes the waiting bodies. */
const flow = `
import { existsSync, watch } from "node:fs"
import { Schema, semaphore, task, workflow } from ${JSON.stringify(library)}
const desk = semaphore("desk", { limit: 2 })
const gate = (signal: AbortSignal) => new Promise<void>((resolve, reject) => {
  signal.addEventListener("abort", () => reject(signal.reason))
  const watcher = watch(".", () => look())
  const look = () => existsSync("go") && (watcher.close(), resolve())
  look()
})
const quick = task("quick", { run: () => {} })
const slow = task("slow-with-a-name-that-is-rather-long", {
  input: { n: Schema.Number }, permits: [desk.take()],
  run: async ({ n }, { log, signal }) => { log("line", n); await gate(signal) }
})
const tired = task("tired", {
  retry: { limit: 3 }, run: (_, { attempt, signal }) => attempt === 1 ? Promise.reject(new Error("no")) : gate(signal)
})
export const wide = workflow("wide", {}, (w) => {
  const items = w.map("many", Array.from({ length: 60 }, (_, at) => at), quick as never, (() => undefined) as never)
  const held = w.map("held", [1, 2, 3], slow, (n) => ({ n }), { after: [items] } as never)
  w.node("again", tired)
  w.node("last", quick, { after: [held] })
  w.onExit(() => {})
})
`

let cli: Cli
const tmux = (...args: ReadonlyArray<string>): string =>
  spawnSync("tmux", ["-L", socket, ...args], { encoding: "utf8" }).stdout

/** Waits until the screen shows something, however long that takes. */
const shows = async (name: string, test: (screen: string) => boolean): Promise<string> => {
  for (;;) {
    const screen = tmux("capture-pane", "-p", "-t", name)
    if (test(screen)) return screen
    // Each look is a process of its own.
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const session = (name: string, columns: number, rows: number): void => {
  tmux("new-session", "-d", "-s", name, "-x", String(columns), "-y", String(rows), "-c", cli.folder, "bash --norc")
  tmux(
    "send-keys",
    "-t",
    name,
    `PS1='$ ' PATH="${join(import.meta.dirname, "../../node_modules/.bin")}:$PATH"; clear`,
    "Enter"
  )
}

const widest = (screen: string): number => Math.max(...screen.split("\n").map((line) => [...line].length))

/**
 * A screen without what is different each time: how long things took,
 * the blanks that make room for it, and which of many was last.
 */
const still = (screen: string): string =>
  screen.slice(screen.indexOf("STEP")).replace(/\n\$\s*$/, "").trimEnd().split("\n").map((line) =>
    line.replace(/\b\d+(?:\.\d+)?(?:ms|s)\b/g, "T").replace(/ {2,}/g, "  ").trimEnd()
    // What decided how long it took depends on the machine; where that was one node, there is no path.
  ).filter((line) => !line.startsWith("Critical path: ")).join("\n")

describe.skipIf(!hasTmux)("the live view", () => {
  beforeAll(() => {
    cli = new Cli()
    cli.file("flow.ts", flow)
  })
  afterAll(() => {
    tmux("kill-server")
    cli?.remove()
  })

  it.each([[80, 24], [200, 50]])("fits %i columns, folds what is done, and leaves a report", async (columns, rows) => {
    const name = `w${columns}`
    const db = `--db ${name}.db`
    session(name, columns, rows)
    tmux("send-keys", "-t", name, `rm -f go; node ${main} run flow.ts ${db} --id r1`, "Enter")
    const live = await shows(name, (it) => it.includes("waits for permits") && it.includes("desk 2/2 +1 waiting"))
    expect(live).toContain("… 60 Succeeded")
    expect(live).toMatch(/├─● \[1\] +slow-with-a-/)
    expect(live).toMatch(/^r1 {2}Running/m)
    expect(widest(live)).toBeLessThanOrEqual(columns)
    expect(live.trimEnd().split("\n").length).toBeLessThan(rows)
    expect(tmux("display-message", "-p", "-t", name, "#{cursor_flag}")).toBe("0\n")
    cli.file("go", "")
    const ended = await shows(name, (it) => it.includes("✔ r1 Succeeded"))
    expect(ended).toMatch(/ ✔ last +quick/)
    expect(ended).not.toContain("desk 2/2")
    await shows(name, (it) => /\$\s*$/.test(it))
    expect(tmux("display-message", "-p", "-t", name, "#{cursor_flag}")).toBe("1\n")
  })

  it.each([
    ["80 columns", 80, 20, "", ""],
    ["200 columns", 200, 50, "", ""],
    ["80 columns in letters", 80, 20, "--no-utf8", ""],
    ["80 columns without colours", 80, 20, "", "NO_COLOR=1"]
  ])("looks the same as ever at %s", async (title, columns, rows, option, env) => {
    const name = title.replaceAll(" ", "-")
    session(name, columns, rows)
    tmux(
      "send-keys",
      "-t",
      name,
      `rm -f go; env -u NO_COLOR ${env} node ${main} run flow.ts --db ${name}.db --id r1 ${option}`,
      "Enter"
    )
    const live = await shows(
      name,
      (it) => ["+1 waiting", "line 1", "line 2", "waits for permits", "attempt 2/4"].every((text) => it.includes(text))
    )
    const colored = tmux("capture-pane", "-e", "-p", "-t", name)
    cli.file("go", "")
    const ended = await shows(name, (it) => it.includes("r1 Succeeded") && /\n\$\s*$/.test(it))
    expect(still(live)).toMatchSnapshot("live")
    expect(still(ended)).toMatchSnapshot("ended")
    expect(colored.includes("\x1b[36m")).toBe(env === "")
  })

  it("stops at the first Ctrl-C and says what another one does", async () => {
    session("stop", 100, 30)
    tmux("send-keys", "-t", "stop", `rm -f go; node ${main} run flow.ts --db stop.db --id r2; echo "code $?"`, "Enter")
    await shows("stop", (it) => it.includes("waits for permits"))
    tmux("send-keys", "-t", "stop", "C-c")
    const ended = await shows("stop", (it) => /^code \d/m.test(it))
    expect(ended).toContain("code 130")
    expect(ended).toMatch(/✔ onExit/)
    expect(ended).toContain("pinnace retry r2 --db stop.db")
  })

  it("follows the terminal when its size changes", async () => {
    session("size", 120, 30)
    tmux("send-keys", "-t", "size", `rm -f go; node ${main} run flow.ts --db size.db --id r3`, "Enter")
    await shows("size", (it) => it.includes("desk 2/2 +1 waiting"))
    tmux("resize-window", "-t", "size", "-x", "60", "-y", "12")
    const small = await shows("size", (it) => it.includes("more lines") || it.trimEnd().split("\n").length <= 12)
    expect(widest(small)).toBeLessThanOrEqual(60)
    cli.file("go", "")
    await shows("size", (it) => it.includes("✔ r3 Succeeded"))
  })
})
