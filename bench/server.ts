/** The server: what requests on large files cost, and clients that follow a run. */
import { mkdtempSync, rmSync } from "node:fs"
import { connect, type Socket } from "node:net"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import process from "node:process"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { open, type Pinnace, Schema, task, workflow } from "../mod.ts"
import { type Handler, handler, serve } from "../src/server/mod.ts"
import type { CliRow } from "./cli.ts"
import { median } from "./statistics.ts"

/** What is measured, by what it is called in the report. */
export const serverFigures = {
  list: "a page of 100 of 10,000 runs, cpu",
  run: "a run of 10,000 nodes as columns, cpu",
  node: "one node of it, cpu",
  argoList: "Argo's list of 100 of 10,000 runs with the fields of argo list, cpu",
  stream: "1,000 events to 50 clients that follow a run, cpu beyond that of the run",
  memory: "heap of 100 idle clients",
  flood: "heap of 10,000 connections that ask nothing",
  served: "a request after them",
  ui: "pinnace ui until it listens, as npm installs it, to pinnace list",
  uiBun: "pinnace ui until it listens, executable of Bun, to pinnace list",
  uiSea: "pinnace ui until it listens, executable of Node, to pinnace list"
} as const

const token = "a-token-of-the-benchmark"
const many = 10_000
const clients = 50
const idle = 100
const followed = 2_000

const rest = task("rest", { input: { n: Schema.Number }, run: () => undefined })
const numbersTask = task("numbers", {
  input: { upTo: Schema.Number },
  output: Schema.Array(Schema.Number),
  run: ({ upTo }) => Array.from({ length: upTo }, (_, n) => n)
})
const wide = workflow("wide", { input: { upTo: Schema.Number } }, (w) => {
  const numbers = w.node("numbers", numbersTask, { input: (_: unknown, it: { readonly upTo: number }) => it })
  w.map("items", numbers, rest, (n) => ({ n }), { concurrency: 50 })
})
const small = workflow("small", {}, (w) => w.node("rest", rest, { input: () => ({ n: 1 }) }))

/** Every figure, the median of `reps` times. */
export const measureServer = async (reps: number, scratch: string): Promise<ReadonlyArray<CliRow>> => {
  const folder = mkdtempSync(join(scratch, "server-"))
  const pinnace = await open(join(folder, "state.db"), { durability: "process" })
  const answer = handler(pinnace, { token })
  const other = handler(pinnace, { token })
  try {
    const stream = await streamCost(pinnace, answer, reps)
    const memory = await idleHeap(pinnace, [answer, other])
    const flooded = await floodCost(pinnace, reps)
    await fill(pinnace)
    const fields = "metadata,items.metadata,items.status.phase,items.status.startedAt,items.status.progress"
    return [
      await request(answer, reps, serverFigures.list, "/pinnace/v1/runs?limit=100"),
      await request(answer, reps, serverFigures.run, "/pinnace/v1/runs/wide"),
      await request(
        answer,
        reps,
        serverFigures.node,
        `/pinnace/v1/runs/wide/node?path=${encodeURIComponent("items[5]")}`
      ),
      await request(
        answer,
        reps,
        serverFigures.argoList,
        `/api/v1/workflows/argo?listOptions.limit=100&fields=${fields}`
      ),
      stream,
      memory,
      ...flooded
    ]
  } finally {
    answer.close()
    await pinnace.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const fill = async (pinnace: Pinnace): Promise<void> => {
  for (let at = 0; at < many; at += 500) {
    const runs = await Promise.all(Array.from({ length: 500 }, () => pinnace.start(small)))
    await Promise.all(runs.map((run) => run.ending()))
  }
  await (await pinnace.start(wide, { upTo: many }, { id: "wide" })).ending()
}

const ask = (answer: Handler, target: string): Promise<Response> =>
  answer(new Request(`http://127.0.0.1${target}`, { headers: { authorization: `Bearer ${token}` } }))

const request = async (answer: Handler, reps: number, name: string, target: string): Promise<CliRow> => {
  const found: Array<number> = []
  for (let rep = -reps; rep < reps; rep++) {
    const took = await cpu(async () => {
      const response = await ask(answer, target)
      const text = await response.text()
      if (response.status !== 200) throw new Error(`${target}: ${response.status} ${text.slice(0, 200)}`)
    })
    if (rep >= 0) found.push(took)
  }
  return { name, value: median(found), unit: "ms" }
}

/** What 50 readers of a run add to its work, for 1,000 of its events. */
const streamCost = async (pinnace: Pinnace, answer: Handler, reps: number): Promise<CliRow> => {
  const found: Array<number> = []
  for (let rep = 0; rep <= reps; rep++) {
    const alone = await cpu(async () => void await (await pinnace.start(wide, { upTo: followed })).ending())
    let events = 0
    const together = await cpu(async () => {
      const run = await pinnace.start(wide, { upTo: followed })
      const readers = Array.from({ length: clients }, async () => {
        const { body } = await ask(answer, `/pinnace/v1/stream?runs=${run.id}`)
        const reader = body!.getReader()
        let text = ""
        for (let next = await reader.read(); !next.done; next = await reader.read()) {
          text = new TextDecoder().decode(next.value)
          if (text.includes('{"t":"end"')) return void await reader.cancel()
        }
      })
      await Promise.all(readers)
      events = (await (await ask(answer, `/pinnace/v1/runs/${run.id}`)).json() as { seq: number }).seq
    })
    if (rep > 0) found.push((together - alone) / events * 1_000)
  }
  return { name: serverFigures.stream, value: median(found), unit: "ms" }
}

const heap = (): number => {
  setFlagsFromString("--expose-gc")
  const collect = runInNewContext("gc") as () => void
  collect()
  return process.memoryUsage().heapUsed
}

/** Both handlers have half of the clients: one has room for 64. */
const idleHeap = async (pinnace: Pinnace, answers: readonly [Handler, Handler]): Promise<CliRow> => {
  const { id } = await pinnace.start(small)
  const before = heap()
  const bodies = await Promise.all(Array.from({ length: idle }, async (_, at) => {
    const reader = (await ask(answers[at % 2 as 0 | 1], `/pinnace/v1/stream?runs=${id}&list=1`)).body!.getReader()
    await reader.read()
    return reader
  }))
  const after = heap()
  await Promise.all(bodies.map((it) => it.cancel()))
  return { name: serverFigures.memory, value: (after - before) / 1_024, unit: "KB" }
}

/** Connections, one after the other, as fast as they are taken; the client's ends are in this process too. */
const floodCost = async (pinnace: Pinnace, reps: number): Promise<ReadonlyArray<CliRow>> => {
  const server = await serve(pinnace, { token })
  const before = heap()
  const sockets = new Set<Socket>()
  const enter = () =>
    new Promise<void>((resolve) => {
      const socket = connect(server.port, "127.0.0.1", resolve).on("error", () => resolve())
      sockets.add(socket.on("close", () => sockets.delete(socket)))
    })
  for (let at = 0; at < many; at += 50) await Promise.all(Array.from({ length: 50 }, enter))
  const after = heap()
  const found: Array<number> = []
  for (let rep = -reps; rep < reps; rep++) {
    const begun = performance.now()
    const response = await fetch(`${server.url}/healthz`)
    if (await response.text() !== "ok\n") throw new Error(`/healthz: ${response.status}`)
    if (rep >= 0) found.push(performance.now() - begun)
  }
  for (const socket of sockets) socket.destroy()
  await server.close()
  return [
    { name: serverFigures.flood, value: (after - before) / 1_024, unit: "KB" },
    { name: serverFigures.served, value: median(found), unit: "ms" }
  ]
}

const cpu = async (work: () => Promise<void>): Promise<number> => {
  const before = process.cpuUsage()
  await work()
  const { system, user } = process.cpuUsage(before)
  return (system + user) / 1_000
}
