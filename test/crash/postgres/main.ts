/** `npm run crash -- --postgres [--repeats 5] [--from 1]`: failures of a database, and of processes that share one. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { availableParallelism } from "node:os"
import process from "node:process"
import { hasPooler, withoutPooler } from "../../postgres/Pooler.ts"
import { hasPostgres, PostgresServer, withoutPostgres } from "../../postgres/server.ts"
import { canUnlink, type Failure, failures, play, type Verdict } from "./play.ts"
import { Server } from "./Server.ts"

const told = (numbers: ReadonlyArray<number>): string => {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted[Math.floor(sorted.length / 2)]
  return middle === undefined ? "" : `; taken over after ${middle} ms, at most ${sorted.at(-1)} ms`
}

const seconds = (since: number): string => ((performance.now() - since) / 1_000).toFixed(0)

const sweep = async (server: PostgresServer, failure: Failure, repeats: number, from: number): Promise<number> => {
  const begun = performance.now()
  const verdicts: Array<Verdict> = []
  for (let seed = from; seed < from + repeats; seed++) {
    const verdict = await play(server, failure, seed)
    verdicts.push(verdict)
    for (const violation of verdict.violations) console.log(`✖ ${failure}, seed ${seed}: ${violation}`)
  }
  const failed = verdicts.filter(({ violations }) => violations.length > 0).length
  const times = verdicts.flatMap(({ takeOver }) => takeOver ?? [])
  console.log(`${failure}: ${repeats - failed} passed, ${failed} failed${told(times)}; ${seconds(begun)} s`)
  return failed
}

/** Plays one failure so often, on a server of its own. */
const sweepOne = async (failure: Failure, repeats: number, from: number): Promise<void> => {
  if (failure === "link" && !canUnlink()) return console.log("link: skipped, it needs root and network namespaces")
  if (failure === "pooler" && !hasPooler) return console.log(`pooler: skipped, ${withoutPooler}`)
  const server = new PostgresServer({ listens: failure === "link" })
  try {
    process.exitCode = await sweep(server, failure, repeats, from) > 0 ? 1 : 0
  } finally {
    server.remove()
  }
}

/** One that ends by itself leaves what Node compiled to all others, which are killed. */
const primed = async (): Promise<void> => {
  const url = "postgres://nobody@/postgres?host=/nowhere"
  await new Server(url, { nodes: 1, millis: 1, lease: 1_000, grace: 1_000 }).said("nothing")
}

/** Plays each failure in a process of its own, a few side by side: most of their time they wait for leases. */
const sweepAll = async (repeats: number, from: number): Promise<void> => {
  await primed()
  const waiting = [...failures]
  const lane = async (): Promise<void> => {
    for (let failure = waiting.shift(); failure !== undefined; failure = waiting.shift()) {
      const args = ["--postgres", "--only", failure, "--repeats", String(repeats), "--from", String(from)]
      const child = spawn(process.execPath, [process.argv[1]!, ...args], { stdio: ["ignore", "inherit", "inherit"] })
      const [code] = await once(child, "exit")
      if (code !== 0) process.exitCode = 1
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() + 1 }, lane))
}

/** Plays each failure so often, or only one. */
export const sweepPostgres = async (repeats: number, from: number, only: string | undefined): Promise<void> => {
  if (!hasPostgres) return console.log(`Skipped: ${withoutPostgres}`)
  if (only === undefined) return await sweepAll(repeats, from)
  const failure = failures.find((it) => it === only)
  if (failure === undefined) throw new Error(`There is no failure "${only}", but ${failures.join(", ")}`)
  await sweepOne(failure, repeats, from)
}
