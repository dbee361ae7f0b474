/**
 * `npm run fuzz -- --manifests 20000 [--from 1] [--escapes 200]` plays manifests that were changed at random; `--seed
 * 1445` plays one and prints it. The work is done in a process of its own, which is ended when nothing is heard of it
 * for a time that even a slow and busy machine does not need for one manifest.
 */
import { spawn } from "node:child_process"
import process from "node:process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { playEscapes } from "./escape.ts"
import { mutantOf } from "./mutants.ts"
import { play } from "./play.ts"

const { values } = parseArgs({
  options: {
    manifests: { type: "string", default: "2000" },
    escapes: { type: "string", default: "100" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    sweep: { type: "boolean", default: false }
  }
})

const [manifests, escapes, from] = [values.manifests, values.escapes, values.from].map(Number) as [
  number,
  number,
  number
]
const patience = 10 * 60_000

let told = 0

/** Tells what is played next, but not more than once a second. */
const tell = (what: string): void => {
  if (Date.now() < told + 1000) return
  told = Date.now()
  process.stdout.write(`@${what}\n`)
}

/** In the process that works: plays all. */
const sweep = async (): Promise<void> => {
  const outcomes: Record<string, number> = {}
  let failed = 0
  for (let seed = from; seed < from + manifests; seed++) {
    tell(`seed ${seed}`)
    const { outcome, wrong } = await play(seed).catch((error: Error) => ({
      outcome: "broke",
      wrong: [String(error.stack)]
    }))
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    if (wrong.length > 0 && ++failed <= 10) console.log(`✖ ${wrong[0]}\n  replay: npm run fuzz -- --seed ${seed}`)
  }
  console.log(Object.entries(outcomes).map(([what, many]) => `${many} ${what}`).join(", "))
  const { ran, wrong } = await playEscapes(escapes, (seed) => tell(`hostile paths ${seed}`))
  for (const line of wrong) console.log(`✖ ${line}`)
  console.log(`${escapes} with hostile paths, of which ${ran} ran`)
  console.log(`${manifests - failed} passed, ${failed + wrong.length} failed`)
  process.exit(failed + wrong.length > 0 ? 1 : 0)
}

/** Starts the process that works, passes on what it says, and ends it when it is stuck. */
const watch = async (): Promise<number> => {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), ...process.argv.slice(2), "--sweep"], {
    stdio: ["ignore", "pipe", "inherit"]
  })
  let last = `seed ${from}`
  const stuck = (): void => {
    console.log(`✖ stuck: nothing for ${patience / 60_000} minutes at ${last} or soon after it`)
    child.kill("SIGKILL")
  }
  let timer = setTimeout(stuck, patience)
  createInterface({ input: child.stdout }).on("line", (line) => {
    clearTimeout(timer)
    timer = setTimeout(stuck, patience)
    if (line.startsWith("@")) last = line.slice(1)
    else console.log(line)
  })
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve))
  clearTimeout(timer)
  return code ?? 1
}

if (values.seed !== undefined) {
  const seed = Number(values.seed)
  console.log(mutantOf(seed).text)
  console.log(await play(seed))
} else if (values.sweep) await sweep()
else process.exit(await watch())
