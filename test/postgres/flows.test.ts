/** Flows, the runs they start and the runs that go on from them, on a PostgreSQL server. */
import { expect, it, onTestFinished } from "vitest"
import { flow, open, Schema, signal } from "../../mod.ts"
import { hasPostgres, sharedServer, withoutPostgres } from "./server.ts"

it.skipIf(!hasPostgres)(
  `a flow starts a run, goes on in a new one and reads there what came early (${withoutPostgres})`,
  async () => {
    const item = signal("item", Schema.Number)
    const child = flow("pg-child", { input: Schema.Number, output: Schema.Number }, (n, f) => f.step("n", () => n * 2))
    const chain = flow("pg-chain", { input: Schema.Number, output: Schema.Number }, async (n, f) => {
      const doubled = await (await f.startRun("child", child, n)).result()
      if (n < 3) f.continueAs(doubled)
      return await f.receive(item) + doubled
    })
    const pinnace = await open(sharedServer().url, { workflows: [chain, child] })
    onTestFinished(() => pinnace.close())
    const run = await pinnace.start(chain, 1, { id: "pg-chain-1" })
    await run.signal(item, 100)
    expect(await run.result()).toBe(108)
    const rows = (await pinnace.list({ workflow: "pg-chain" })).toReversed()
    expect(rows.map(({ id, reason }) => [id, reason])).toEqual([
      ["pg-chain-1", "Continued"],
      ["pg-chain-1~2", "Continued"],
      ["pg-chain-1~3", undefined]
    ])
  }
)
