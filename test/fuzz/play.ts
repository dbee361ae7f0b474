/** Plays one mutated manifest: it is told its problems, each with its place, or runs to an end in virtual time. */
import * as Effect from "effect/Effect"
import { parseAllDocuments } from "yaml"
import { InvalidManifest, lint, load, type Replacement, viewRun } from "../../src/argo/mod.ts"
import type { RunHandle } from "../../mod.ts"
import { isTerminal } from "../../src/run/Phase.ts"
import { TestEngine } from "../../src/testing/mod.ts"
import type { Random } from "../run/random.ts"
import { type Mutant, mutantOf } from "./mutants.ts"

/** What became of a manifest; `wrong` tells what must not be. */
export interface Played {
  readonly outcome: "refused" | "not started" | "ended"
  readonly wrong: ReadonlyArray<string>
}

/** Plays the manifest of a seed. */
export const play = async (seed: number): Promise<Played> => {
  const mutant = mutantOf(seed)
  const issues = lint([{ name: "mutant", text: mutant.text }])
  const wrong = issues.filter(({ column, line, message }) => !(line > 0 && column > 0 && message !== ""))
    .map(({ message }) => `a problem without its place: ${message}`)
  if (issues.some(({ severity }) => severity === "error")) return { outcome: "refused", wrong }
  const engine = new TestEngine()
  try {
    const ran = await run(engine, mutant)
    return { ...ran, wrong: [...wrong, ...ran.wrong] }
  } finally {
    await engine.close()
  }
}

const run = async (engine: TestEngine, { random, text }: Mutant): Promise<Played> => {
  const started = await engine.pinnace.start(load(text, { templates: fakes(text, random) }), { parameters: {} })
    .catch((error: Error) => error)
  if (started instanceof Error) return { outcome: "not started", wrong: isTold(started) ? [] : [String(started.stack)] }
  await ends(engine, started)
  // What waits for somebody is ended by force.
  if (!isTerminal((await started.status()).phase)) {
    await started.terminate()
    await ends(engine, started, 60_000)
  }
  const { phase } = await started.status()
  if (!isTerminal(phase)) return { outcome: "ended", wrong: [`the run is ${phase}`] }
  const open = Effect.runSync(viewRun(engine.pinnace.engine, started.id))!.nodes
    .filter((node) => node.phase === "Pending" || node.phase === "Running")
  return { outcome: "ended", wrong: open.map((node) => `${node.displayName} is still ${node.phase}`) }
}

/**
 * Lets the run go on to its end, or until it waits for ever. Virtual time knows nothing of a module or file that is
 * still being read: what must end is waited for as long as a busy machine needs for that.
 */
const ends = async (engine: TestEngine, run: RunHandle<unknown>, most = 50): Promise<void> => {
  for (let turns = 0; turns < most && !isTerminal((await run.status()).phase); turns++) {
    await engine.untilEnded(run).catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

/** An error that says what is wrong with what was given, and not that something broke. */
const isTold = (error: Error): boolean =>
  error instanceof InvalidManifest || "_tag" in error && error._tag !== "JournalError" && error.message !== ""

/** Every template that runs something, by a function that does what chance says. */
const fakes = (text: string, random: Random): Readonly<Record<string, Replacement>> => {
  const fake: Replacement = () => {
    const way = random.below(4)
    if (way === 0) throw new Error("by chance")
    return way === 1
      ? { exitCode: 1 }
      : { result: random.pick(["[1, 2]", "x", ""]), parameters: { message: "m", out: "o" } }
  }
  return Object.fromEntries(
    parseAllDocuments(text, { logLevel: "silent" }).flatMap((it) => leaves(it.toJS())).map((name) => [name, fake])
  )
}

/** What a Workflow has itself, a CronWorkflow has in another. */
interface Spec {
  readonly templates?: unknown
  readonly workflowSpec?: Spec
}

const leaves = (document: unknown): ReadonlyArray<string> => {
  const spec = (document as { spec?: Spec } | null)?.spec
  const templates = spec?.workflowSpec?.templates ?? spec?.templates
  return (Array.isArray(templates) ? templates : []).flatMap((it) =>
    it?.steps === undefined && it?.dag === undefined && it?.suspend === undefined ? [String(it?.name)] : []
  )
}
