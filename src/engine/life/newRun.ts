/** New runs, before they are recorded. */
import { createRun } from "../../run/evolveRun.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import type { Engine } from "../Engine.ts"
import { Ledger } from "../Ledger.ts"
import { LiveRun } from "../Live.ts"
import { fromText } from "../node/value.ts"
import type { Beginning } from "./beginning.ts"
import { type Seed, whatItIs } from "./creation.ts"
import { planOf } from "./plans.ts"
import { tellNew } from "./telling.ts"

export { tellCreated } from "./telling.ts"

/** A run that nothing is recorded of yet, ready to be created and executed. */
export const newRun = (
  engine: Engine,
  workflow: AnyWorkflow,
  options: Beginning,
  seed: Seed
): LiveRun => {
  const { journal, limits, now } = engine.host
  const plan = planOf(workflow)
  const key = journal.nextKey()
  const created = {
    type: "RunCreated",
    workflow: workflow.name,
    digest: plan.digest,
    input: null,
    priority: options.priority ?? 0,
    labels: options.labels,
    ...whatItIs(workflow.kept),
    ...(options.rule === undefined ? {} : { rule: options.rule }),
    ...(seed.origin === undefined ? {} : { origin: seed.origin }),
    ...(workflow.suspended ? { suspended: true } : {})
  } as const
  const row = createRun(key, options.id, created, options.createdAt)
  const ledger = new Ledger(journal, now, { ...row, owner: journal.process }, 1, limits)
  ledger.onLost = engine.host.onLost
  ledger.outbox = engine.host.outbox
  ledger.retention = workflow.retention ?? engine.host.artifacts.retention
  tellNew(engine.host, ledger, seed)
  ledger.rule = options.rule
  return new LiveRun(engine.host, ledger, plan, fromText(workflow.input, options.text))
}
