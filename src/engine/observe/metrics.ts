/** What can be asked of the state file for metrics. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import { asked } from "../../metrics/definitions.ts"
import { Table } from "../../metrics/Table.ts"
import type { Engine } from "../Engine.ts"
import { counts } from "./list.ts"
import { locks } from "./locks.ts"
import { stuck } from "./stuck.ts"

/** What the state file holds now. */
export const present = (engine: Engine): Effect.Effect<Table, JournalError> =>
  Effect.gen(function* () {
    const table = new Table()
    for (const [phase, many] of Object.entries(yield* counts(engine, {}))) table.set(asked.runs, [phase], many)
    for (const { ledger } of engine.live.values()) table.add(asked.live, [ledger.row.workflow])
    for (const { kind } of yield* stuck(engine)) table.add(asked.stuck, [kind])
    for (const { family, held, limit, name, queue } of yield* locks(engine)) {
      const labels = [family ?? name]
      table.add(asked.permitsHeld, labels, held)
      table.add(asked.permitsWaiting, labels, queue.length)
      if (limit !== undefined && family === undefined) table.set(asked.permitLimit, labels, limit)
    }
    return table
  })
