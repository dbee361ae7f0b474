/** The demo, killed in the middle by itself. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Cli } from "./Cli.ts"

let cli: Cli
beforeAll(() => {
  cli = new Cli()
})
afterAll(() => cli?.remove())

describe("pinnace demo --crash", () => {
  it("goes on in another process, and does nothing twice that had ended", async () => {
    const { code, err, out } = await cli.run(["demo", "--crash", "--db", cli.db])
    expect([code, err]).toEqual([0, ""])
    const [before = "", after = ""] = out.split("The process was killed in the middle.")
    const ended = [...before.matchAll(/✔ (\S+) Succeeded/g)].map(([, name]) => name)
    expect(ended.length).toBeGreaterThan(2)
    for (const name of ended) expect(after).not.toContain(`● ${name} Running`)
    expect(after).toContain("✔ .onExit Succeeded")
    expect(after).toMatch(
      /prices\.txt {2}\d+ B {2}from report\nCritical path: .* → report → check\n✔ market-1 Succeeded/
    )
    const timeline = await cli.run(["timeline", "market-1"])
    expect(timeline.out).toContain("waiting for permits, ")
    expect(timeline.out).toContain("→ report → check → .onExit\n")
  })
})
