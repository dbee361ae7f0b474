/**
 * `npm run crash -- --kills 100 [--from 1] [--jobs 2] [--runtimes
 * node,bun,deno]` plays cases until so many processes were killed;
 * `--seed 17` replays one. With `--manifests` the command is killed while it runs random manifests. With `--postgres
 * [--repeats 5] [--only kill]` three processes share a database that fails, or one of them does. With `--lasting`
 * processes are killed that work on straight-line programs, and on schedules.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { parseArgs } from "node:util"
import { measureChain } from "./chain.ts"
import { Host, type Runtime } from "./Host.ts"
import { playFlowKills, playScheduleKills } from "./lasting.ts"
import { playManifestKills } from "./manifestKills.ts"
import { sweepPostgres } from "./postgres/main.ts"
import { play, type Verdict } from "./play.ts"
import { bundlePrograms } from "../suite/programs.ts"

const { values } = parseArgs({
  options: {
    kills: { type: "string" },
    seed: { type: "string" },
    from: { type: "string" },
    jobs: { type: "string" },
    manifests: { type: "boolean", default: false },
    postgres: { type: "boolean", default: false },
    lasting: { type: "boolean", default: false },
    repeats: { type: "string" },
    only: { type: "string" },
    runtimes: { type: "string" }
  },
  strict: true
})

const runtimes = (values.runtimes ?? "node").split(",") as ReadonlyArray<Runtime>

// Hundreds of processes are started: each reads one file, and Node compiles it once.
if (process.env["PINNACE_TEST_PROGRAMS"] === undefined) {
  const scratch = mkdtempSync(join(tmpdir(), "pinnace-crash-"))
  process.once("exit", () => rmSync(scratch, { recursive: true, force: true }))
  process.env["NODE_COMPILE_CACHE"] ??= join(scratch, "compiled")
  Object.assign(process.env, await bundlePrograms(join(scratch, "programs")))
}

const median = (numbers: ReadonlyArray<number>): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN

const replay = async (seed: number): Promise<void> => {
  const { history, kills, phase, violations } = await play(seed, runtimes)
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
      const verdict = await play(seed++, runtimes)
      verdicts.push(verdict)
      kills += verdict.kills
      for (const violation of verdict.violations) console.log(`✖ seed ${verdict.seed}: ${violation}`)
      if (verdict.violations.length > 0) tellHow(verdict)
      if (Math.floor(kills / 10) > shown) console.log(`${kills} kills, ${verdicts.length} runs ended, ${failed()} red`)
      shown = Math.floor(kills / 10)
    }
  }
  await new Host().leave()
  await Promise.all(Array.from({ length: jobs }, work))
  const chain = await measureChain("power")
  console.log(
    `a chain of 1,000 killed at half goes on ${chain.fromOpen.toFixed(0)} ms after open(), ${
      chain.fromSpawn.toFixed(0)
    } ms after its process was started`
  )
  summarise(verdicts, kills)
  process.exitCode = failed() > 0 ? 1 : 0
}

/** Timing is not in the seed: what happened is kept, beside the way to try the same again. */
const tellHow = ({ history, seed }: Pick<Verdict, "history" | "seed">): void => {
  const file = join(tmpdir(), `pinnace-crash-${seed}.txt`)
  writeFileSync(file, `${history.join("\n")}\n`)
  const again = values.manifests ? "--manifests --kills 1 " : ""
  console.log(`  replay: npm run crash -- ${again}--seed ${seed}; what happened: ${file}`)
}

const summarise = (verdicts: ReadonlyArray<Verdict>, kills: number): void => {
  const phases = Map.groupBy(verdicts, ({ phase }) => phase)
  const failed = verdicts.filter(({ violations }) => violations.length > 0).length
  console.log(`${kills} kills; runs ended ${[...phases].map(([phase, all]) => `${phase} ${all.length}`).join(", ")}`)
  tell("recovery, from open() to the first event", verdicts.flatMap(({ recoveries }) => recoveries))
  tell("takeover by a process that waits, from the death to the first event", verdicts.flatMap((it) => it.takeovers))
  console.log(`${verdicts.length - failed} passed, ${failed} failed`)
}

const tell = (what: string, millis: ReadonlyArray<number>): void => {
  if (millis.length === 0) return
  console.log(`${what}: median ${median(millis).toFixed(0)} ms, longest ${Math.max(...millis).toFixed(0)} ms`)
}

type AnyVerdict = Pick<Verdict, "seed" | "kills" | "violations"> & { readonly history?: ReadonlyArray<string> }

/** Plays seeds until so many processes were killed. */
const sweepBy = async (
  play: (seed: number) => Promise<AnyVerdict>,
  wanted: number,
  from: number
): Promise<void> => {
  let [kills, played, failed] = [0, 0, 0]
  for (let seed = from; kills < wanted; seed++) {
    const verdict = await play(seed)
    kills += verdict.kills
    played++
    if (verdict.violations.length === 0) continue
    failed++
    for (const violation of verdict.violations) console.log(`✖ seed ${seed}: ${violation}`)
    if (verdict.history !== undefined) tellHow({ seed, history: verdict.history })
  }
  console.log(`${kills} kills; ${played - failed} passed, ${failed} failed`)
  process.exitCode = failed > 0 ? 1 : 0
}

const [kills, from] = [Number(values.kills ?? 100), Number(values.seed ?? values.from ?? 1)]
if (values.postgres) await sweepPostgres(Number(values.repeats ?? 5), Number(values.from ?? 1), values.only)
else if (values.manifests) await sweepBy(playManifestKills, kills, from)
else if (values.lasting) {
  await sweepBy((seed) => (seed % 2 === 0 ? playScheduleKills : playFlowKills)(seed), kills, from)
} else if (values.seed !== undefined) await replay(Number(values.seed))
else await sweep(Number(values.kills ?? 100), Number(values.from ?? 1), Number(values.jobs ?? 2))
