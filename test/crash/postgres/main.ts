/** `npm run crash -- --postgres [--repeats 5] [--from 1]`: failures of a database, and of processes that share one. */
import process from "node:process"
import { hasPostgres, PostgresServer, withoutPostgres } from "../../postgres/server.ts"
import { canUnlink, type Failure, failures, play, type Verdict } from "./play.ts"

const told = (numbers: ReadonlyArray<number>): string => {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted[Math.floor(sorted.length / 2)]
  return middle === undefined ? "" : `; taken over after ${middle} ms, at most ${sorted.at(-1)} ms`
}

const sweep = async (server: PostgresServer, failure: Failure, repeats: number, from: number): Promise<number> => {
  const verdicts: Array<Verdict> = []
  for (let seed = from; seed < from + repeats; seed++) {
    const verdict = await play(server, failure, seed)
    verdicts.push(verdict)
    for (const violation of verdict.violations) console.log(`✖ ${failure}, seed ${seed}: ${violation}`)
  }
  const failed = verdicts.filter(({ violations }) => violations.length > 0).length
  const times = verdicts.flatMap(({ takeOver }) => takeOver ?? [])
  console.log(`${failure}: ${repeats - failed} passed, ${failed} failed${told(times)}`)
  return failed
}

/** Plays each failure so often. */
export const sweepPostgres = async (repeats: number, from: number, only: string | undefined): Promise<void> => {
  if (!hasPostgres) return console.log(`Skipped: ${withoutPostgres}`)
  const server = new PostgresServer({ listens: true })
  let failed = 0
  try {
    for (const failure of failures) {
      if (only !== undefined && only !== failure) continue
      if (failure === "link" && !canUnlink()) console.log("link: skipped, it needs root and network namespaces")
      else failed += await sweep(server, failure, repeats, from)
    }
  } finally {
    server.remove()
  }
  process.exitCode = failed > 0 ? 1 : 0
}
