/**
 * A database instead of the file, all with fsync on a server of our own: nodes a second to those on a state file and to
 * those of peers on the same server, and how soon another process hears of a commit. Contestants follow each other.
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import process from "node:process"
import { open, type Pinnace, task, workflow } from "../mod.ts"
import { connecting } from "../src/postgres/driver.ts"
import { hasPostgres, PostgresServer, withoutPostgres } from "../test/postgres/server.ts"
import type { CliRow } from "./cli.ts"
import { installPeer } from "./prepare.ts"
import { root } from "./spawnNode.ts"
import { median } from "./statistics.ts"

/** What is measured, by what it is called in the report. */
export const postgresFigures = {
  chain: "PostgreSQL to the file: a chain of 500 nodes",
  wide: "PostgreSQL to the file: 5,000 nodes side by side",
  many: "PostgreSQL to the file: 1,000 runs of 5 nodes"
} as const

type Figure = keyof typeof postgresFigures
const figures = Object.keys(postgresFigures) as ReadonlyArray<Figure>

const peers = { openworkflow: "OpenWorkflow", dbos: "DBOS" } as const
type Peer = keyof typeof peers
const peerNames = Object.keys(peers) as ReadonlyArray<Peer>

/** How often as many nodes a second as a peer on the same server, and how often at least. */
export const postgresPeerFigures: Readonly<Record<Peer, Readonly<Record<Figure, readonly [string, number]>>>> = {
  openworkflow: {
    chain: ["PostgreSQL: speed of OpenWorkflow there, a chain", 4],
    wide: ["PostgreSQL: speed of OpenWorkflow there, side by side", 5],
    many: ["PostgreSQL: speed of OpenWorkflow there, many runs", 2]
  },
  dbos: {
    chain: ["PostgreSQL: speed of DBOS there, a chain", 4],
    wide: ["PostgreSQL: speed of DBOS there, side by side", 4],
    many: ["PostgreSQL: speed of DBOS there, many runs", 4]
  }
}

/** Milliseconds from when the process of a run has an event, which is durable then, until another one has it. */
export const noticeFigure = "PostgreSQL: a durable event reaches another process, p95"

/** Nodes and runs, of us and of peers, which are slower. */
const sizes: Readonly<
  Record<Figure, { readonly ours: readonly [number, number]; readonly peers: readonly [number, number] }>
> = {
  chain: { ours: [500, 1], peers: [500, 1] },
  wide: { ours: [5_000, 1], peers: [800, 1] },
  many: { ours: [5, 1_000], peers: [5, 200] }
}

const step = task("step", { run: () => 1 })
const sized = (name: string, many: number, isChain: boolean) =>
  workflow(name, {}, (w) => {
    let before = w.node("n0", step)
    for (let n = 1; n < many; n++) before = w.node(`n${n}`, step, isChain ? { after: [before] } : {})
  })
const flows = {
  chain: sized("chain", sizes.chain.ours[0], true),
  wide: sized("wide", sizes.wide.ours[0], false),
  many: sized("five", sizes.many.ours[0], true)
}

const ours = async (place: string, figure: Figure): Promise<number> => {
  const [nodes, runs] = sizes[figure].ours
  const pinnace = await open(place)
  try {
    await pinnace.run(flows.chain)
    const begun = performance.now()
    await Promise.all(Array.from({ length: runs }, () => pinnace.run(flows[figure])))
    return nodes * runs / (performance.now() - begun)
  } finally {
    await pinnace.close()
  }
}

const theirs = (peer: Peer, url: string, figure: Figure): number => {
  const [nodes, runs] = sizes[figure].peers
  const request = JSON.stringify({ url, nodes, runs, shape: figure === "wide" ? "wide" : "chain" })
  const { stderr, stdout } = spawnSync(process.execPath, [join(root, `bench/peers/postgres/${peer}.mjs`), request], {
    encoding: "utf8"
  })
  const told = stdout.split("\n").find((line) => line.startsWith("@"))
  if (told === undefined) throw new Error(`${peers[peer]} did not end: ${stderr.slice(-500)}`)
  const { executed, millis } = JSON.parse(told.slice(1)) as { readonly executed: number; readonly millis: number }
  if (executed !== nodes * runs) throw new Error(`${peers[peer]} ran ${executed} of ${nodes * runs} steps`)
  return executed / millis
}

const notices = async (url: string): Promise<number> => {
  const many = 100
  const slow = task("slow", { run: () => new Promise<number>((resume) => setTimeout(() => resume(1), 30)) })
  const beats = workflow("beats", {}, (w) => {
    let before = w.node("n0", slow)
    for (let n = 1; n < many; n++) before = w.node(`n${n}`, slow, { after: [before] })
  })
  const [here, there]: ReadonlyArray<Pinnace> = [await open(url), await open(url)]
  try {
    const run = await here!.start(beats)
    const seen = async (reader: Pinnace): Promise<ReadonlyMap<number, number>> => {
      const at = new Map<number, number>()
      for await (const { event, seq } of (await reader.get(run.id))!.events()) {
        if (event.type === "NodeFinished") at.set(seq, performance.now())
      }
      return at
    }
    const [own, foreign] = await Promise.all([seen(here!), seen(there!)])
    const late = [...foreign].map(([seq, at]) => Math.max(0, at - own.get(seq)!)).sort((a, b) => a - b)
    return late[Math.floor(late.length * 0.95)]!
  } finally {
    await there!.close()
    await here!.close()
  }
}

/** Every figure, the median of `reps` times. */
export const measurePostgres = async (
  reps: number,
  scratch: string,
  withPeers: boolean
): Promise<{ readonly rows: ReadonlyArray<CliRow>; readonly skipped: ReadonlyArray<string> }> => {
  if (!hasPostgres) return { rows: [], skipped: [`PostgreSQL (${withoutPostgres})`] }
  const missing = withPeers ? installPeer("postgres", "@dbos-inc/dbos-sdk") : "peers on PostgreSQL (--no-peer)"
  const folder = mkdtempSync(join(scratch, "postgres-"))
  const server = new PostgresServer({ fsync: true, listens: true })
  try {
    const rows: Array<CliRow> = []
    const addresses = await databases(server)
    for (const figure of figures) {
      rows.push(...await compare(figure, reps, { folder, addresses, withPeers: missing === undefined }))
    }
    rows.push({ name: noticeFigure, value: await notices(addresses.pinnace), unit: "ms" })
    return { rows, skipped: missing === undefined ? [] : [missing] }
  } finally {
    server.remove()
    rmSync(folder, { recursive: true, force: true })
  }
}

type Addresses = Readonly<Record<Peer | "pinnace", string>>

/** A database for each contestant, reached in the same way. */
const databases = async (server: PostgresServer): Promise<Addresses> => {
  const session = await connecting({ url: server.url })()
  const names = [...peerNames, "pinnace"] as const
  for (const name of names) await session.query(`CREATE DATABASE ${name}`)
  await session.close()
  const address = (name: string) => server.at("127.0.0.1").replace(/postgres$/, name)
  return Object.fromEntries(names.map((name) => [name, address(name)])) as unknown as Addresses
}

const compare = async (
  figure: Figure,
  reps: number,
  { addresses, folder, withPeers }: {
    readonly folder: string
    readonly addresses: Addresses
    readonly withPeers: boolean
  }
): Promise<ReadonlyArray<CliRow>> => {
  const ratios = new Map<string, Array<number>>()
  const add = (name: string, ratio: number) => ratios.set(name, [...ratios.get(name) ?? [], ratio])
  for (let rep = 0; rep < reps; rep++) {
    const file = await ours(join(folder, `${figure}-${rep}.db`), figure)
    const speed = await ours(addresses.pinnace, figure)
    add(postgresFigures[figure], speed / file)
    for (const peer of withPeers ? peerNames : []) {
      add(postgresPeerFigures[peer][figure][0], speed / theirs(peer, addresses[peer], figure))
    }
  }
  return [...ratios].map(([name, all]): CliRow => ({ name, value: median(all), unit: "x" }))
}
