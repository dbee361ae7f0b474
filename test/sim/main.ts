/** `npm run sim -- --seeds 10000 [--from 1]` plays seeds; `--seed 81723` replays one and prints its history. */
import process from "node:process"
import { parseArgs } from "node:util"
import { play } from "./scenario.ts"

const { values } = parseArgs({
  options: { seeds: { type: "string" }, seed: { type: "string" }, from: { type: "string" } },
  strict: true
})

const replay = (seed: number): void => {
  const verdict = play(seed)
  for (const line of verdict.history) console.log(line)
  for (const violation of verdict.violations) console.log(`✖ ${violation}`)
  console.log(`seed ${seed}: ${verdict.phase}, ${verdict.executions} bodies run, ${verdict.crashes} faults`)
  process.exitCode = verdict.violations.length > 0 ? 1 : 0
}

const sweep = (from: number, count: number): void => {
  const started = performance.now()
  const phases = new Map<string, number>()
  let failed = 0
  let executions = 0
  for (let seed = from; seed < from + count; seed++) {
    const verdict = play(seed)
    executions += verdict.executions
    phases.set(verdict.phase, (phases.get(verdict.phase) ?? 0) + 1)
    if (verdict.violations.length === 0) continue
    failed++
    if (failed <= 10) console.log(`✖ seed ${seed}: ${verdict.violations[0]}\n  replay: npm run sim -- --seed ${seed}`)
  }
  const seconds = (performance.now() - started) / 1000
  console.log(
    `${executions} bodies run; runs ended ${[...phases].map(([phase, many]) => `${phase} ${many}`).join(", ")}; ${
      seconds.toFixed(1)
    } s`
  )
  console.log(`${count - failed} passed, ${failed} failed`)
  process.exitCode = failed > 0 ? 1 : 0
}

if (values.seed !== undefined) replay(Number(values.seed))
else sweep(Number(values.from ?? 1), Number(values.seeds ?? 1000))
