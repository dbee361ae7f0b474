/**
 * What idiomatic Effect costs without a workflow engine: one fiber for each node, a row written before and after its
 * body, one commit for each turn of the event loop. No schemas, events, retries, cancellation or limits.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { measured } from "../Request.ts"
import { inputFrom, needsOf, type ShapeName } from "../Shape.ts"
import { body, type Contestant, drive, request } from "./drive.ts"
import { type FinishedNode, PrototypeJournal } from "./PrototypeJournal.ts"

interface Run {
  readonly id: string
  readonly shape: ShapeName
  readonly outputs: ReadonlyArray<Deferred.Deferred<number>>
  readonly known: ReadonlySet<number>
}

const makeRun = (id: string, shape: ShapeName, nodes: number, finished: ReadonlyArray<FinishedNode> = []): Run => {
  const outputs = Array.from({ length: nodes }, () => Deferred.makeUnsafe<number>())
  for (const { node, output } of finished) Deferred.doneUnsafe(outputs[node]!, Effect.succeed(JSON.parse(output).i))
  return { id, shape, outputs, known: new Set(finished.map(({ node }) => node)) }
}

const journal = new PrototypeJournal(request.file, request.durability)

const node = Effect.fnUntraced(function* (run: Run, index: number) {
  const values: Array<number> = []
  for (const need of needsOf(run.shape, index)) values.push(yield* Deferred.await(run.outputs[need]!))
  yield* journal.started(run.id, index)
  const output = yield* Effect.sync(() => body(inputFrom(values)))
  yield* journal.finished(run.id, index, output)
  yield* Deferred.succeed(run.outputs[index]!, output.i)
})

const graph = Effect.fnUntraced(function* (run: Run) {
  const missing = run.outputs.map((_, index) => index).filter((index) => !run.known.has(index))
  yield* Effect.forEach(missing, (index) => node(run, index), { concurrency: "unbounded", discard: true })
  yield* journal.ended(run.id)
  return yield* Deferred.await(run.outputs.at(-1)!)
})

let runs = 0
const start = Effect.fnUntraced(function* (name: string, shape: ShapeName, nodes: number) {
  const run = makeRun(`${name}-${runs++}`, shape, nodes)
  yield* journal.created(run.id, name)
  return yield* graph(run)
})

const contestant: Contestant = {
  prepare: (name, shape, nodes) => async (count) => {
    const all = Array.from({ length: count }, () => start(name, shape, nodes))
    const outputs = await Effect.runPromise(Effect.all(all, { concurrency: "unbounded" }))
    return outputs[count - 1]!
  },
  resume: (shape, nodes) => {
    const id = journal.openRun(measured)
    return Effect.runPromise(graph(makeRun(id, shape, nodes, journal.finishedNodes(id))))
  },
  close: async () => journal.close()
}

await drive(() => Promise.resolve(contestant))
