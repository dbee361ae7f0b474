/** The engine on a PostgreSQL server. */
import { expect, it, onTestFinished } from "vitest"
import { open, type OpenOptions, type Pinnace, task, workflow } from "../../mod.ts"
import { diskStore, memoryStore } from "../../src/store/mod.ts"
import { connecting } from "../../src/postgres/driver.ts"
import { readPage, table } from "../docs/Page.ts"
import { hasPostgres, sharedServer, withoutPostgres } from "./server.ts"

const opened = async (options: OpenOptions = {}): Promise<Pinnace> => {
  const pinnace = await open(sharedServer().url, options)
  onTestFinished(() => pinnace.close())
  return pinnace
}

const hello = task("hello", { run: () => "Hello, world" })
const greet = workflow("greet", {}, (w) => w.node("hello", hello))

it.skipIf(!hasPostgres)(`a run of one node is started, executed and ended (${withoutPostgres})`, async () => {
  const pinnace = await opened({ workflows: [greet] })
  expect(await pinnace.run(greet)).toBe("Hello, world")
})

it.skipIf(!hasPostgres)(
  `R1, R3 results are reused, and computed by one process at a time (${withoutPostgres})`,
  async () => {
    let calls = 0
    const slow = task("slow", {
      cache: { version: 1 },
      run: async () => {
        calls++
        await new Promise((resolve) => setTimeout(resolve, 20))
        return calls
      }
    })
    const flow = workflow("flow", {}, (w) => w.map("all", [1, 2, 3], slow, () => undefined))
    const [a, b] = [await opened({ workflows: [flow] }), await opened({ workflows: [flow] })]
    expect(await Promise.all([a.run(flow), b.run(flow)])).toEqual([[1, 1, 1], [1, 1, 1]])
    expect(calls).toBe(1)
  }
)

it.skipIf(!hasPostgres)(`engines in different schemas do not see each other (${withoutPostgres})`, async () => {
  const [one, two] = [await opened({ workflows: [greet] }), await opened({ postgres: { schema: "Other one" } })]
  const run = await one.start(greet)
  await run.result()
  expect([(await one.get(run.id))?.id, await two.get(run.id)]).toEqual([run.id, undefined])
  await expect(opened({ postgres: { schema: "none", migrate: false } })).rejects.toMatchObject({ reason: "NotFound" })
})

it.skipIf(!hasPostgres)(`its views are those of a state file (${withoutPostgres})`, async () => {
  const pinnace = await opened({ workflows: [greet], postgres: { schema: "views" } })
  const { id } = await pinnace.start(greet)
  await (await pinnace.get(greet, id))?.result()
  const session = await connecting({ url: sharedServer().url })()
  onTestFinished(() => session.close())
  await session.query("SET search_path TO views")
  const [run] = await session.query("SELECT * FROM v_runs WHERE id = $1", [id])
  const [node] = await session.query("SELECT * FROM v_nodes WHERE run = $1 AND kind = 'task'", [id])
  expect([run!["output"], node!["path"], node!["output"]]).toEqual(["Hello, world", "hello", "Hello, world"])
  for (const [view, row] of Object.entries({ v_runs: run, v_nodes: node })) {
    const told = table(readPage("docs/sql-views.md"), `Columns of ${view}`).map(([it = ""]) => it.replaceAll("`", ""))
    expect(Object.keys(row!)).toEqual(told)
  }
})

it("stores that other machines cannot reach are refused with a database, unless they are said to be shared", async () => {
  const address = "postgres://nobody@127.0.0.1:1/none"
  const stores = { local: diskStore("/tmp/somewhere"), memory: memoryStore() }
  for (const [name, store] of Object.entries(stores)) {
    for (const artifacts of [{ store }, { stores: { [name]: store } }]) {
      await expect(open(address, { artifacts })).rejects.toMatchObject({ _tag: "InvalidValue" })
    }
  }
  await expect(open(address, { artifacts: { stores } })).rejects.toThrow(
    'Cannot use artifact store "local" with a database: it is a directory /tmp/somewhere of this machine.'
  )
  // Then it is the server that cannot be reached.
  await expect(open(address, { artifacts: { stores: { local: stores.local }, shared: true } })).rejects.toMatchObject({
    reason: "Io"
  })
})
