// A planted bug, found by simulation: a process that dies between the charge and its record charges again.
import { Schema, task, workflow } from "../mod.ts"
import { simulate, SimulationFailed } from "../src/testing/mod.ts"

const charges: Array<string> = []
let asksTheBank = false
const charge = task("charge", {
  input: Schema.Number,
  run: (amount, { key }) => {
    if (!asksTheBank || !charges.includes(key)) charges.push(key)
    return amount
  }
})
const order = workflow("order", { input: Schema.Number }, (w) => w.node("charge", charge, { input: w.input }))

const options = {
  input: 20,
  begin: () => void charges.splice(0),
  invariants: { "charged at most once": () => charges.length <= 1 || `charged ${charges.length} times` }
}
const found = await simulate(order, options).catch((error: unknown) => error)
if (found instanceof SimulationFailed) console.log(`found: ${found.violations[0]}`)

asksTheBank = true
const { seeds } = await simulate(order, options)
console.log(`${seeds} seeds pass once the bank is asked for the key of the node`)
