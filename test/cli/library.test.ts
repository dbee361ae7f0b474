/** The command line as a library: the verbs know an app's own workflows by name. */
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Cli } from "./Cli.ts"

let cli: Cli
beforeAll(() => {
  cli = new Cli()
})
afterAll(() => cli?.remove())

const greeter = (...args: ReadonlyArray<string>) =>
  cli.spawn([join(import.meta.dirname, "programs/greeter.ts"), ...args], { PINNACE_DB: cli.db }).done

describe("cli([workflow])", () => {
  it("runs a workflow by its name", async () => {
    const { code, out } = await greeter("run", "greet", "-p", "name=Ada")
    expect([code, out]).toEqual([0, expect.stringContaining("  output = Hello, Ada\n")])
    expect(await greeter("run", "great")).toMatchObject({
      code: 64,
      err: expect.stringContaining('Did you mean "greet"?')
    })
  })

  it("knows the definition of a run without its file", async () => {
    const failed = await greeter("run", "greet", "-p", "name=", "--id", "nobody")
    expect([failed.code, failed.out]).toEqual([2, expect.stringContaining("greeter retry nobody")])
    const retried = await greeter("retry", "nobody", "-p", "name=Bo")
    expect([retried.code, retried.out]).toEqual([0, expect.stringContaining("Hello, Bo")])
    expect((await greeter("graph", "greet")).out).toMatch(/1 +greeting +greeting/)
    expect((await greeter("help")).out).toContain("\n  greeter run greet\n  greeter run FILE…")
    expect((await greeter()).out).toContain("\n  greeter run greet\n")
    expect((await greeter("run")).err).toContain("run needs a workflow (greet) or FILE…")
  })
})
