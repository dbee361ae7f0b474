/**
 * What idiomatic Effect costs without a workflow engine: one fiber for each node, a row written before and after its body, one commit for
 * each turn of the event loop. No schemas, events, retries, cancellation or limits.
 */
import Sqlite from "better-sqlite3"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { measured } from "../Request.ts"
import { inputFrom, needsOf, type ShapeName } from "../Shape.ts"
import { body, type Contestant, drive, request } from "./drive.ts"

const schema = `
CREATE TABLE IF NOT EXISTS runs (id TEXT PRIMARY KEY, name TEXT, done INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS nodes (
  run TEXT, node INTEGER, status TEXT, output TEXT, started INTEGER, finished INTEGER, PRIMARY KEY (run, node)
) WITHOUT ROWID;`

const connect = async (): Promise<Contestant> => {
  const db = new Sqlite(request.file)
  db.pragma("journal_mode = WAL")
  db.pragma(`synchronous = ${request.durability === "power" ? "FULL" : "NORMAL"}`)
  db.exec(schema)
  const created = db.prepare("INSERT INTO runs VALUES (?, ?, 0)")
  const ended = db.prepare("UPDATE runs SET done = 1 WHERE id = ?")
  const started = db.prepare("INSERT OR REPLACE INTO nodes VALUES (?, ?, 'Running', NULL, ?, NULL)")
  const finished = db.prepare(
    "UPDATE nodes SET status = 'Succeeded', output = ?, finished = ? WHERE run = ? AND node = ?"
  )
  const begin = db.prepare("BEGIN IMMEDIATE")
  const commit = db.prepare("COMMIT")

  type Write = readonly [
    statement: Sqlite.Statement,
    values: ReadonlyArray<unknown>,
    resume: (effect: Effect.Effect<void>) => void
  ]
  let queue: Array<Write> = []
  const flush = () => {
    const group = queue
    queue = []
    begin.run()
    for (const [statement, values] of group) statement.run(...values)
    commit.run()
    for (const [, , resume] of group) resume(Effect.void)
  }
  const write = (statement: Sqlite.Statement, ...values: ReadonlyArray<unknown>) =>
    Effect.callback<void>((resume) => {
      if (queue.push([statement, values, resume]) === 1) setImmediate(flush)
    })

  const node = Effect.fnUntraced(function* (run: Run, index: number) {
    const values: Array<number> = []
    for (const need of needsOf(run.shape, index)) values.push(yield* Deferred.await(run.outputs[need]!))
    yield* write(started, run.id, index, Date.now())
    const output = yield* Effect.sync(() => body(inputFrom(values)))
    yield* write(finished, JSON.stringify(output), Date.now(), run.id, index)
    yield* Deferred.succeed(run.outputs[index]!, output.i)
  })

  const graph = Effect.fnUntraced(function* (run: Run) {
    const missing = run.outputs.map((_, index) => index).filter((index) => !run.known.has(index))
    yield* Effect.forEach(missing, (index) => node(run, index), { concurrency: "unbounded", discard: true })
    yield* write(ended, run.id)
    return yield* Deferred.await(run.outputs.at(-1)!)
  })

  let runs = 0
  const start = Effect.fnUntraced(function* (name: string, shape: ShapeName, nodes: number) {
    const run = makeRun(`${name}-${runs++}`, shape, nodes)
    yield* write(created, run.id, name)
    return yield* graph(run)
  })

  const recorded = (run: string) =>
    db.prepare("SELECT node, output FROM nodes WHERE run = ? AND status = 'Succeeded'").all(run) as Array<
      { node: number; output: string }
    >

  return {
    prepare: (name, shape, nodes) => async (count) => {
      const all = Array.from({ length: count }, () => start(name, shape, nodes))
      const outputs = await Effect.runPromise(Effect.all(all, { concurrency: "unbounded" }))
      return outputs[count - 1]!
    },
    resume: (shape, nodes) => {
      const { id } = db.prepare("SELECT id FROM runs WHERE name = ? AND done = 0").get(measured) as { id: string }
      return Effect.runPromise(graph(makeRun(id, shape, nodes, recorded(id))))
    },
    close: async () => void db.close()
  }
}

interface Run {
  readonly id: string
  readonly shape: ShapeName
  readonly outputs: ReadonlyArray<Deferred.Deferred<number>>
  readonly known: ReadonlySet<number>
}

const makeRun = (
  id: string,
  shape: ShapeName,
  nodes: number,
  recorded: ReadonlyArray<{ readonly node: number; readonly output: string }> = []
): Run => {
  const outputs = Array.from({ length: nodes }, () => Deferred.makeUnsafe<number>())
  for (const { node, output } of recorded) Deferred.doneUnsafe(outputs[node]!, Effect.succeed(JSON.parse(output).i))
  return { id, shape, outputs, known: new Set(recorded.map(({ node }) => node)) }
}

await drive(connect)
