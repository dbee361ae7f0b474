/**
 * Continuing as new: one append ends a run and creates its successor with the values that nobody has read yet, so that
 * there is exactly one open run of the chain at each instant, and no value is lost or doubled.
 */
import * as Effect from "effect/Effect"
import type { Write } from "../../journal/Journal.ts"
import { linkMessage, nextLink } from "../../run/chain.ts"
import { isKept, unread } from "../../run/early.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import type { Engine } from "../Engine.ts"
import type { Beginning } from "../life/beginning.ts"
import { creation, type Seed, unstored } from "../life/creation.ts"
import { newRun, tellCreated } from "../life/newRun.ts"
import { reclaimed, ruleOfNext } from "../life/policies.ts"
import type { LiveRun } from "../Live.ts"
import { type NodeEnd, nothing, toEnding } from "../node/NodeEnd.ts"

/** The id of the run that goes on from one: the first number that no run has, of this chain or of an earlier one. */
export const freeLink = (engine: Engine, id: string): Effect.Effect<string> => {
  const next = nextLink(id)
  // Storage that cannot be read refuses the append as well.
  const found = Effect.orElseSucceed(engine.host.journal.reads.findRun(next), () => undefined)
  return Effect.flatMap(found, (row) => row === undefined ? Effect.succeed(next) : freeLink(engine, next))
}

/** Ends a run and creates the one of that id, which goes on from it. */
export const goOn = (engine: Engine, live: LiveRun, end: NodeEnd, link: string, done: () => void): void => {
  const { ledger, plan: { workflow } } = live
  const { tracing } = ledger
  const origin = ledger.origin("continue")
  const seed: Seed = tracing === undefined ? { origin } : { origin, tracing }
  const next = successor(engine, live, workflow, { id: link, text: end.next! }, seed)
  const created = creation(engine, next, workflow, end.next!, seed)
  const moved = ledger.keepsEarly ? carried(live, next) : []
  ledger.run(
    { type: "RunFinished", ending: toEnding({ ...end, ...linkMessage(ledger.row.id, link) }) },
    (error) => {
      if (error === undefined) {
        tellCreated(engine.host, next.ledger)
        begin(engine, next)
      } else unstored(engine, next.ledger.row.digest)
      done()
    },
    nothing,
    [...created, ...moved]
  )
}

const successor = (
  engine: Engine,
  live: LiveRun,
  workflow: AnyWorkflow,
  { id, text }: Pick<Beginning, "id" | "text">,
  seed: Seed
): LiveRun => {
  const { labels, priority } = live.ledger.row
  const beginning = {
    id,
    createdAt: engine.host.now(),
    // Whoever started it has started the chain: what ends with its run is the link that is open then.
    labels,
    priority,
    text,
    ...ruleOfNext(live.ledger),
    isNamed: true
  }
  return newRun(engine, workflow, beginning, seed)
}

/** Values that nobody has read end here and are kept there. */
const carried = ({ ledger }: LiveRun, next: LiveRun): ReadonlyArray<Write> => {
  const kept = [...ledger.nodes.values()].filter(isKept).map(({ path, signalSeq }) =>
    [path, ledger.texts.get(signalSeq) ?? nothing] as const
  )
  const ends = unread(ledger.nodes, next.ledger.row.id).flatMap((event) => ledger.writes(event))
  const given = kept.flatMap(([path, text]) => {
    const writes = next.ledger.writes({ type: "NodeSignalled", path, kind: "suspend", value: null }, text)
    next.ledger.texts.set(next.ledger.nodes.get(path)!.signalSeq, text)
    return writes
  })
  next.ledger.keepsEarly = kept.length > 0
  return [...ends, ...given]
}

/** An engine that closes leaves it to the next one. */
const begin = (engine: Engine, next: LiveRun): void => {
  if (engine.closing || engine.closed) {
    return engine.host.react(engine.host.journal.claims.offer([next.ledger.row.key]))
  }
  engine.execute(next)
  // The place of its key names it, so that nobody looks for it through all that came before.
  engine.host.react(Effect.asVoid(reclaimed(engine, next.ledger)))
}
