/**
 * One failure of a database that three servers of an app share, at a moment the seed chooses: then everything that was
 * begun must end, once.
 */
import process from "node:process"
import { Pooler } from "../../postgres/Pooler.ts"
import type { PostgresServer } from "../../postgres/server.ts"
import { makeRandom } from "../../../src/testing/World.ts"
import { failover } from "./failover.ts"
import { judge } from "./judge.ts"
import { Namespace } from "./Namespace.ts"
import { Proxy } from "./Proxy.ts"
import { reached, type Session, until } from "./rows.ts"
import { Server } from "./Server.ts"

/** What can happen; first what takes longest. */
export const failures = [
  "outage",
  "link",
  "stop",
  "failover",
  "pooler",
  "kill",
  "terminate",
  "restart",
  "swallow"
] as const

/** One of them. */
export type Failure = typeof failures[number]

/** What came of it. */
export interface Verdict {
  readonly violations: ReadonlyArray<string>
  /** Milliseconds from the failure until somebody else went on with a run of whoever it hit. */
  readonly takeOver: number | undefined
}

/** Those by which nobody is dead. */
const spares: ReadonlySet<Failure> = new Set(["terminate", "restart", "swallow", "pooler"])

/** How many there are of each. */
export const [servers, runs, nodes]: readonly [number, number, number] = [3, 12, 12]

/** What is played with. */
export interface Scene {
  readonly server: PostgresServer
  readonly session: Session
  readonly random: () => number
  readonly all: ReadonlyArray<Server>
  /** Their numbers before the failure. */
  readonly numbers: ReadonlyMap<Server, number>
  readonly victim: Server
  readonly proxy: Proxy
  readonly space: Namespace | undefined
  readonly pooler: Pooler | undefined
  readonly times: { readonly nodes: number; readonly millis: number; readonly lease: number; readonly grace: number }
}

const isProxied = (failure: Failure): boolean => failure === "swallow" || failure === "failover"

/** Whether all of them reach the server by the way that fails, and not the first one alone. */
const isShared = (failure: Failure): boolean => failure === "failover" || failure === "pooler"

const addressOf = (
  failure: Failure,
  { pooler, proxy, server, space }: Pick<Scene, "pooler" | "proxy" | "server" | "space">
): string => pooler?.url ?? (isProxied(failure) ? proxy.url : space === undefined ? server.url : server.at(space.host))

/** Whether a link can be taken down here. */
export const canUnlink = (): boolean => process.getuid?.() === 0 && Namespace.isPossible()

/** Plays a failure. */
export const play = async (server: PostgresServer, failure: Failure, seed: number): Promise<Verdict> => {
  const random = makeRandom(seed)
  const session = await reached(server.url)
  await session.query("DROP SCHEMA IF EXISTS pinnace CASCADE")
  const proxy = new Proxy(server.socket)
  const space = failure === "link" ? new Namespace() : undefined
  const pooler = failure === "pooler" ? await Pooler.start(server, "session") : undefined
  const url = addressOf(failure, { server, proxy, space, pooler })
  // Nobody who lives may be late, however busy the machine is.
  const times = spares.has(failure) ? { lease: 60_000, grace: 20_000 } : { lease: 3_000, grace: 1_000 }
  const how = { nodes, millis: 60, ...times }
  const all: Array<Server> = []
  try {
    // One of them makes the schema.
    const begun = Array.from({ length: servers }, (_, at) => {
      const inside = at === 0 && space !== undefined ? space.inside : []
      return Server.begun(at === 0 || isShared(failure) ? url : server.url, { ...how, inside })
    })
    all.push(...await Promise.all(begun))
    await session.query("SET search_path TO pinnace")
    for (let run = 0; run < runs; run++) all[run % servers]!.tell(`start r${run}`)
    await until(session, "SELECT count(*) = $1 AS is FROM events WHERE type = 'RunStarted'", [runs])
    await new Promise((resume) => setTimeout(resume, random() * 600))
    const numbers = new Map<Server, number>()
    for (const it of all) numbers.set(it, (await it.number())[0])
    const scene = { server, session, random, all, numbers, victim: all[0]!, proxy, space, pooler, times: how }
    return failure === "failover" ? await failover(scene) : await verdict(scene, failure)
  } finally {
    await Promise.all(all.map((it) => it.end()))
    proxy.close()
    space?.remove()
    await pooler?.remove()
    await session.close()
  }
}

const verdict = async (scene: Scene, failure: Failure): Promise<Verdict> => {
  const violations: Array<string> = []
  const at = Date.now()
  await happenings[failure](scene, violations)
  const { session } = scene.server.isRestarted ? { session: await again(scene) } : scene
  await until(session, "SELECT count(*) = $1 AS is FROM runs WHERE phase = 'Succeeded'", [runs])
  const takesNothing = spares.has(failure)
  violations.push(...await judge(session, { runs, nodes, takesNothing }))
  if (takesNothing) violations.push(...await changedNumbers(scene))
  const [row] = await session.query(
    `SELECT min(e.at) AS at FROM events e WHERE e.type = 'RunStarted' AND e.at >= $1
      AND (e.data::json ->> 'owner')::int <> $2`,
    [at, scene.numbers.get(scene.victim)]
  )
  const first = row!["at"] as number | null
  return { violations, takeOver: takesNothing || first === null ? undefined : first - at }
}

/** The session of before ended with the server. */
const again = async ({ server }: Scene): Promise<Session> => {
  const session = await reached(server.url)
  await session.query("SET search_path TO pinnace")
  return session
}

/** Those that did not go on under the number that they began with, and why. */
const changedNumbers = async ({ all, numbers }: Scene): Promise<ReadonlyArray<string>> => {
  const states = await Promise.all(all.map((it) => it.number()))
  return states.flatMap(([number, state], at) =>
    state === "well" && number === numbers.get(all[at]!) ? [] : [`server ${at} is ${state}, as process ${number}`]
  )
}

const isTaken = ({ numbers, session, victim }: Scene): Promise<void> =>
  until(session, "SELECT NOT EXISTS (SELECT 1 FROM processes WHERE id = $1) AS is", [numbers.get(victim)])

/** Waits until a process goes on under another number than before the failure, or is over. */
const renewed = async ({ numbers }: Scene, server: Server): Promise<readonly [number, string]> => {
  for (;;) {
    const [now, state] = await server.number()
    if (state === "dead" || now !== numbers.get(server) && state === "well") return [now, state]
    await new Promise((resume) => setTimeout(resume, 50))
  }
}

/** Whoever was declared dead goes on under another number, and works. */
const goesOn = async (scene: Scene, violations: Array<string>): Promise<void> => {
  const { victim } = scene
  const [, state] = await renewed(scene, victim)
  if (state === "dead") return void violations.push("the process that was declared dead is over")
  // What it had begun is told to whoever waits for it there.
  for (let run = 0; run < runs; run += servers) {
    const [word, id] = await victim.said("result", "failed") ?? []
    if (word !== "result") violations.push(`whoever waited for ${id} heard of a failure`)
  }
}

const happenings: Readonly<Record<Failure, (scene: Scene, violations: Array<string>) => Promise<void>>> = {
  kill: (scene) => {
    scene.victim.signal("SIGKILL")
    return isTaken(scene)
  },
  stop: async (scene, violations) => {
    scene.victim.signal("SIGSTOP")
    await isTaken(scene)
    scene.victim.signal("SIGCONT")
    await goesOn(scene, violations)
  },
  link: async (scene, violations) => {
    scene.space!.down()
    await isTaken(scene)
    scene.space!.up()
    await goesOn(scene, violations)
  },
  terminate: async ({ random, session }) => {
    for (let time = 0; time < 5; time++) {
      await session.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = 'pinnace' AND pid <> pg_backend_pid() AND random() < 0.7`)
      await new Promise((resume) => setTimeout(resume, random() * 200))
    }
  },
  restart: async ({ server }) => {
    server.stop("immediate")
    server.start()
  },
  // Nobody can tell it from being cut off alone: all give up, and go on under other numbers when it is over.
  outage: async (scene, violations) => {
    const { all, server, times } = scene
    server.stop("immediate")
    await new Promise((resume) => setTimeout(resume, times.lease))
    server.start()
    for (const it of all) {
      const [, state] = await renewed(scene, it)
      if (state === "dead") violations.push("a process ended with the server")
    }
  },
  // It is played by itself.
  failover: () => Promise.resolve(),
  pooler: async ({ pooler, random }) => {
    for (let time = 0; time < 3; time++) {
      await pooler!.restart()
      await new Promise((resume) => setTimeout(resume, random() * 300))
    }
  },
  swallow: async ({ proxy, random }) => {
    for (let time = 0; time < 4; time++) {
      proxy.swallow()
      await new Promise((resume) => setTimeout(resume, 100 + random() * 200))
    }
  }
}
