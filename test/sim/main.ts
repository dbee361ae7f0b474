/**
 * `npm run sim -- --seeds 10000 [--from 1]` plays seeds; `--seed 81723` replays one and prints its history. With
 * `--artifacts` the seeds are lives of artifacts in a store that fails, with `--manifests` they are manifests, with
 * `--flows` straight-line programs; with `--pools` some bodies run in other processes; with `--slow-reads` storage
 * answers later than it was asked. With `--journal postgres` it is behind a wire that loses, delays and cuts,
 * processes are declared dead while they live, and a server takes over that has forgotten the latest changes.
 */
import process from "node:process"
import { parseArgs } from "node:util"
import { playBytes } from "./bytes.ts"
import { playFlow } from "./flows.ts"
import { playManifest } from "./manifests/scenario.ts"
import { type Play, play } from "./scenario.ts"

const { values } = parseArgs({
  options: {
    seeds: { type: "string" },
    seed: { type: "string" },
    from: { type: "string" },
    artifacts: { type: "boolean", default: false },
    manifests: { type: "boolean", default: false },
    pools: { type: "boolean", default: false },
    flows: { type: "boolean", default: false },
    "slow-reads": { type: "boolean", default: false },
    journal: { type: "string" }
  },
  strict: true
})

interface Played {
  readonly violations: ReadonlyArray<string>
  readonly history: ReadonlyArray<string>
  /** What a sweep counts. */
  readonly counts: Readonly<Record<string, number>>
}

const how: Play = values.journal === "postgres"
  ? { journal: "postgres" }
  : values["slow-reads"]
  ? { answers: "slowly", pools: values.pools }
  : { pools: values.pools }

const playOne = async (seed: number): Promise<Played> => {
  if (values.artifacts) {
    const { faults, history, saved, violations } = await playBytes(seed)
    return { violations, history, counts: { "artifacts saved": saved, "faults of the store": faults } }
  }
  const { crashes, executions, history, phase, violations } = values.manifests
    ? await playManifest(seed)
    : values.flows
    ? await playFlow(seed)
    : play(seed, how)
  return { violations, history, counts: { "bodies run": executions, faults: crashes, [`runs ${phase}`]: 1 } }
}

const replay = async (seed: number): Promise<void> => {
  const { counts, history, violations } = await playOne(seed)
  for (const line of history) console.log(line)
  for (const violation of violations) console.log(`✖ ${violation}`)
  console.log(`seed ${seed}: ${told(counts)}`)
  process.exitCode = violations.length > 0 ? 1 : 0
}

const told = (counts: Played["counts"]): string =>
  Object.entries(counts).map(([what, many]) => `${many} ${what}`).join(", ")

const sweep = async (from: number, count: number): Promise<void> => {
  const started = performance.now()
  const totals: Record<string, number> = {}
  const again = values.artifacts
    ? " --artifacts"
    : values.manifests
    ? " --manifests"
    : values.pools
    ? " --pools"
    : values.flows
    ? " --flows"
    : values.journal !== undefined
    ? ` --journal ${values.journal}`
    : values["slow-reads"]
    ? " --slow-reads"
    : ""
  let failed = 0
  for (let seed = from; seed < from + count; seed++) {
    const { counts, violations } = await playOne(seed)
    for (const [what, many] of Object.entries(counts)) totals[what] = (totals[what] ?? 0) + many
    if (violations.length === 0) continue
    failed++
    if (failed <= 10) console.log(`✖ seed ${seed}: ${violations[0]}\n  replay: npm run sim --${again} --seed ${seed}`)
  }
  console.log(`${told(totals)}; ${((performance.now() - started) / 1000).toFixed(1)} s`)
  console.log(`${count - failed} passed, ${failed} failed`)
  process.exitCode = failed > 0 ? 1 : 0
}

if (values.seed !== undefined) await replay(Number(values.seed))
else await sweep(Number(values.from ?? 1), Number(values.seeds ?? 1000))
