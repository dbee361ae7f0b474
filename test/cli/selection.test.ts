/** Verbs on runs that are chosen by labels and fields. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { open } from "../../mod.ts"
import { Cli } from "./Cli.ts"

const library = join(import.meta.dirname, "../../mod.ts")

/** Fails until the file `good` is there. */
const flow = `
import { existsSync } from "node:fs"
import { task, workflow } from ${JSON.stringify(library)}
export const check = workflow("check", {}, (w) => w.node("look", task("look", { run: () => {
  if (!existsSync("good")) throw new Error("no")
} })))
`

let cli: Cli
beforeAll(async () => {
  cli = new Cli()
  const file = cli.file("flow.ts", flow)
  const { check } = await import(file)
  const pinnace = await open(cli.db)
  const start = async (id: string, labels: Readonly<Record<string, string>>) => {
    const source = { "pinnace/source": JSON.stringify({ files: [file] }) }
    await (await pinnace.start(check, undefined, { id, labels: { ...labels, ...source } })).ending()
  }
  await start("a", { team: "blue", size: "1" })
  await start("b", { team: "blue", size: "12" })
  await start("c", { team: "red" })
  await pinnace.close()
  cli.file("good", "")
})
afterAll(() => cli?.remove())

describe("runs chosen by selectors", () => {
  it.each([
    [["-l", "team=blue"], "b\na\n"],
    [["-l", "team in (blue,red),size>2"], "b\n"],
    [["-l", "team", "-l", "!size"], "c\n"],
    [["--field-selector", "metadata.name!=b,status.phase=Error"], "c\na\n"]
  ])("list %j", async (options, out) => {
    expect(await cli.run(["list", "-o", "name", ...options])).toMatchObject({ code: 0, err: "", out })
  })

  it("refuses a selector that cannot be read", async () => {
    expect(await cli.run(["delete", "-l", "team=blue=x"])).toMatchObject({
      code: 64,
      err: expect.stringContaining("in the label selector")
    })
  })

  it("are waited for, with those that are named", async () => {
    const waited = await cli.run(["wait", "c", "-l", "team=blue,size>2", "--completed"])
    expect(waited).toMatchObject({ code: 1, out: expect.stringMatching(/^c Error at .*\nb Error at .*\n$/) })
    expect(await cli.run(["wait"])).toMatchObject({
      code: 64,
      err: expect.stringContaining("name a RUN, or choose runs")
    })
    expect(await cli.run(["wait", "none", "--ignore-not-found"])).toMatchObject({ code: 0, out: "" })
  })

  it("are exported, each to a file, and tried again one after the other", async () => {
    expect((await cli.run(["export", "-l", "team=red"])).out).toMatch(/^c → c\.tgz \(/)
    expect(existsSync(join(cli.folder, "c.tgz"))).toBe(true)
    const retried = await cli.run(["retry", "-l", "team=blue", "-o", "name"])
    expect(retried).toMatchObject({ code: 0, out: "b\na\n" })
    const again = await cli.run(["retry", "a", "c", "-o", "name"])
    expect(again).toMatchObject({ code: 1, out: expect.stringContaining("c\n"), err: expect.stringContaining("a") })
    expect((await cli.run(["list", "--status", "Succeeded", "-o", "name"])).out).toBe("c\nb\na\n")
  })
})
