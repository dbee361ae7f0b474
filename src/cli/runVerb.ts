/** `pinnace run`: a manifest to its end. */
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import process from "node:process"
import { parseArgs } from "node:util"
import { open } from "../embed/open.ts"
import type { Pinnace } from "../embed/Pinnace.ts"
import type { RunHandle } from "../embed/RunHandle.ts"
import { type ExecutorName, Follower, load, type ManifestRun, viewRun } from "../manifest/mod.ts"
import { readManifests, readParameters } from "./files.ts"
import { nodeLine, summary } from "./render.ts"
import { exitCodes, Usage } from "./Usage.ts"

const options = {
  parameter: { type: "string", short: "p", multiple: true, default: [] as Array<string> },
  "parameter-file": { type: "string" },
  entrypoint: { type: "string" },
  workflow: { type: "string" },
  resources: { type: "string", multiple: true, default: [] as Array<string> },
  db: { type: "string" },
  executor: { type: "string", default: "auto" },
  output: { type: "string", short: "o", default: "plain" }
} as const

/** Runs the verb; answers the exit code. Throws Usage or InvalidManifest. */
export const runVerb = async (args: ReadonlyArray<string>, print: (text: string) => void): Promise<number> => {
  const { positionals, values } = parseArgs({ args: [...args], allowPositionals: true, options })
  if (positionals.length === 0) throw new Usage("run needs a file")
  const db = values.db === undefined ? ":memory:" : resolve(values.db)
  const directory = values.db === undefined ? mkdtempSync(join(tmpdir(), "pinnace-")) : `${db}.files`
  const manifest = load(readManifests([...positionals, ...values.resources]), {
    directory,
    executor: executorOf(values.executor),
    ...(values.entrypoint === undefined ? {} : { entrypoint: values.entrypoint }),
    ...(values.workflow === undefined ? {} : { workflow: values.workflow })
  })
  const parameters = readParameters(values.parameter, values["parameter-file"])
  const pinnace = await open(db, { workflows: [manifest], limits: { depth: 1_000 } })
  try {
    const run = await pinnace.start(manifest, { parameters })
    return await follow(pinnace, run, values.output === "json", print)
  } finally {
    await pinnace.close()
  }
}

const executorOf = (name: string): ExecutorName => {
  if (name === "auto" || name === "process" || name === "sandbox") return name
  throw new Usage(`--executor ${name}: choose auto, process or sandbox`)
}

/** The first interrupt stops the run, so that exit handlers run; the second ends it. */
const follow = async (
  pinnace: Pinnace,
  run: RunHandle,
  json: boolean,
  print: (text: string) => void
): Promise<number> => {
  let interrupts = 0
  const interrupt = (): void => {
    const ended = ++interrupts === 1 ? run.stop("interrupted") : run.terminate("interrupted")
    ended.catch(() => {})
  }
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt)
  try {
    if (!json) await tell(run, print)
    await run.ending()
    const view = viewRun(pinnace.engine, run.id)!
    print(json ? JSON.stringify(view, null, 2) : summary(view))
    return interrupts > 0 ? exitCodes.interrupted : codeOf(view)
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt)
  }
}

const codeOf = ({ phase }: ManifestRun): number =>
  phase === "Succeeded" || phase === "Failed" ? exitCodes[phase] : exitCodes.Error

/** One line for each node that began or ended. */
const tell = async (run: RunHandle, print: (text: string) => void): Promise<void> => {
  const follower = new Follower()
  for await (const recorded of run.events()) {
    const news = follower.see(recorded)
    if (news !== undefined) print(nodeLine(news))
  }
}
