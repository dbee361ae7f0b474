/** `npm run crash -- --kills 100 [--from 1] [--jobs 2]` plays cases until so many processes were killed; `--seed 17` replays one. */
import process from "node:process"
import { parseArgs } from "node:util"
import { play, type Verdict } from "./play.ts"

const { values } = parseArgs({
  options: {
    kills: { type: "string" },
    seed: { type: "string" },
    from: { type: "string" },
    jobs: { type: "string" }
  },
  strict: true
})

const median = (numbers: ReadonlyArray<number>): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN

const replay = async (seed: number): Promise<void> => {
  const { history, kills, phase, violations } = await play(seed)
  for (const line of history) console.log(line)
  for (const violation of violations) console.log(`✖ ${violation}`)
  console.log(`seed ${seed}: ${phase}, ${kills} kills`)
  process.exitCode = violations.length > 0 ? 1 : 0
}

const sweep = async (wanted: number, from: number, jobs: number): Promise<void> => {
  const verdicts: Array<Verdict> = []
  let kills = 0
  let shown = 0
  let seed = from
  const failed = () => verdicts.filter(({ violations }) => violations.length > 0).length
  const work = async (): Promise<void> => {
    while (kills < wanted) {
      const verdict = await play(seed++)
      verdicts.push(verdict)
      kills += verdict.kills
      for (const violation of verdict.violations) console.log(`✖ seed ${verdict.seed}: ${violation}`)
      for (const it of verdict.recoveries) if (it > 600) console.log(`seed ${verdict.seed} slow ${it}`)
      if (verdict.violations.length > 0) console.log(`  replay: npm run crash -- --seed ${verdict.seed}`)
      if (Math.floor(kills / 10) > shown) console.log(`${kills} kills, ${verdicts.length} runs ended, ${failed()} red`)
      shown = Math.floor(kills / 10)
    }
  }
  await Promise.all(Array.from({ length: jobs }, work))
  summarise(verdicts, kills)
  process.exitCode = failed() > 0 ? 1 : 0
}

const summarise = (verdicts: ReadonlyArray<Verdict>, kills: number): void => {
  const recoveries = verdicts.flatMap((verdict) => verdict.recoveries)
  const phases = Object.entries(Object.groupBy(verdicts, ({ phase }) => phase)).map(([phase, all]) => `${phase} ${all?.length}`)
  const failed = verdicts.filter(({ violations }) => violations.length > 0).length
  console.log(`${kills} kills; runs ended ${phases.join(", ")}`)
  console.log(`recovery: median ${median(recoveries).toFixed(0)} ms, longest ${Math.max(...recoveries).toFixed(0)} ms from open() to the first event`)
  console.log(`${verdicts.length - failed} passed, ${failed} failed`)
}

if (values.seed !== undefined) await replay(Number(values.seed))
else await sweep(Number(values.kills ?? 100), Number(values.from ?? 1), Number(values.jobs ?? 2))
