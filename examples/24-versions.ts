// Versions: runs of order@1 go on with it while new ones begin with order@2; one is moved by hand.
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { open, task, workflow } from "../mod.ts"

const say = (name: string) => task(name, { run: () => name })

const order1 = workflow("order", { version: "1" }, (w) => {
  const approved = w.suspend("approval")
  w.node("ship", say("ship"), { after: [approved] })
})
const order2 = workflow("order", { version: "2" }, (w) => {
  const approved = w.suspend("approval")
  const shipped = w.node("ship", say("ship"), { after: [approved] })
  w.node("thank", say("thank"), { after: [shipped] })
})

const file = join(mkdtempSync(join(tmpdir(), "pinnace-")), "state.db")
const before = await open(file, { workflows: [order1] })
await (await before.start(order1, undefined, { id: "o-1" })).waitFor("approval", "waiting")
await (await before.start(order1, undefined, { id: "o-2" })).waitFor("approval", "waiting")
await before.close()

// The next deploy knows only the new version: open runs of the former one wait.
const after = await open(file, { workflows: [order2] })
const moved = (await after.get("o-1"))!
const { keep, lost } = await moved.migrate(order2, { dryRun: true })
console.log(`${keep} stays, ${lost.length} would be lost`)
await moved.migrate(order2)
await moved.approve("approval")
await moved.result()
console.log((await moved.nodes()).map(({ path }) => path).join(", "))

// With both registered, the other one ends as it began.
await after.register(order1)
const other = (await after.get("o-2"))!
await other.approve("approval")
await other.result()
console.log((await other.nodes()).map(({ path }) => path).join(", "))
await after.close()
