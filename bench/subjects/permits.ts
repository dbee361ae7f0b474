/** The process side of what is measured about permits; answers with one line. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { writeSync } from "node:fs"
import { performance } from "node:perf_hooks"
import process from "node:process"
import {
  keyedSemaphore,
  mutex,
  open,
  Schema,
  type Semaphore,
  semaphore,
  task,
  type Workflow,
  workflow
} from "../../mod.ts"
import { PermitDesk } from "../../src/engine/permits/PermitDesk.ts"
import type { Durability } from "../Request.ts"

const [subject, text] = process.argv.slice(2)
const { durability, file } = JSON.parse(text!) as { readonly durability: Durability; readonly file: string }

const pairs = 20_000
const lanes = 200
const nodes = 1_000
const keys = 100
const turns = 300

const pinnace = await open(file, { durability })

/** A run that stays open, in whose name permits are taken. */
const standing = async (): Promise<number> => {
  const run = await pinnace.start(workflow("standing", {}, (w) => void w.suspend("door")))
  return Effect.runSync(pinnace.engine.host.journal.reads.findRun(run.id))!.key
}

/** Takes and gives back, many at once, each under a name of its own. */
const uncontended = async (): Promise<object> => {
  const { journal } = pinnace.engine.host
  const desk = new PermitDesk(journal, Context.empty(), Clock.Clock.defaultValue())
  const end = journal.subscribe(desk.heard)
  const run = await standing()
  const lane = (path: string, count: number) => {
    const one = mutex(path)
    const request = { run, path, priority: 0, takes: [{ name: path, weight: 1 }] }
    const once = Effect.andThen(
      desk.take(request, [one], { holdsPermits: false }, () => {}),
      Effect.sync(() => desk.release(run, path))
    )
    return Effect.repeat(once, { times: count - 1 })
  }
  const all = (count: number) =>
    Effect.runPromise(
      Effect.forEach(Array.from({ length: lanes }, (_, n) => `n${n}`), (path) => lane(path, count), {
        concurrency: "unbounded",
        discard: true
      })
    )
  await all(5)
  const begun = performance.now()
  await all(pairs / lanes)
  const millis = performance.now() - begun
  end()
  return { perSecond: pairs * 1000 / millis }
}

const wide = (name: string, of: (n: number) => Semaphore, count: number): Workflow<void, unknown, unknown> => {
  const run = () => {}
  return workflow(name, {}, (w) => {
    for (let n = 0; n < count; n++) w.node(`n${n}`, task("step", { run }), { permits: [of(n).take()] })
  })
}

/** The same with a permit of a key, which is read from the input. */
const wideKeyed = (name: string, count: number): Workflow<void, unknown, unknown> => {
  const per = keyedSemaphore("per", { each: () => nodes })
  const permits = (n: number) => [per.take(1, String(n % keys))]
  const step = task("step", { input: Schema.Number, permits, run: () => {} })
  return workflow(name, {}, (w) => {
    for (let n = 0; n < count; n++) w.node(`n${n}`, step, { input: n })
  })
}

const rate = (of: (n: number) => Semaphore): Promise<object> => rateOf((name, count) => wide(name, of, count))

const rateOf = async (make: (name: string, count: number) => Workflow<void, unknown, unknown>): Promise<object> => {
  await pinnace.run(make("warm-up", 50))
  const definition = make("measured", nodes)
  const begun = performance.now()
  await pinnace.run(definition)
  return { perSecond: nodes * 1000 / (performance.now() - begun) }
}

/** Asks for the mutex again as soon as it was given back, until it has had so many turns; tells when it held it. */
const takeTurns = async (): Promise<object> => {
  const held: Array<readonly [number, number]> = []
  const instant = () => performance.timeOrigin + performance.now()
  const step = task("step", {
    permits: [mutex("turn").take()],
    run: () => {
      const begin = instant()
      held.push([begin, instant()])
    }
  })
  await pinnace.run(workflow("turns", {}, (w) => {
    let last = w.node("n0", step)
    for (let n = 1; n < turns; n++) last = w.node(`n${n}`, step, { after: [last] })
  }))
  return held
}

const everybody = semaphore("everybody", { limit: nodes })
const one = mutex("one")
const subjects: Readonly<Record<string, () => Promise<object>>> = {
  uncontended,
  nodes: () => rate(() => everybody),
  keyed: () => rateOf(wideKeyed),
  waiters: () => rate(() => one),
  turns: takeTurns
}

writeSync(1, `@${JSON.stringify(await subjects[subject!]!())}\n`)
await pinnace.close()
process.exit(0)
