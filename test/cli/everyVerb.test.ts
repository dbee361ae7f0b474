/** A table of all verbs: each is used on a run of its own that another living process executes. */
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { verbs } from "../../src/cli/table.ts"
import { Cli, type Started } from "./Cli.ts"

interface Row {
  /** What follows the verb; `RUN` stands for the run. */
  readonly args: ReadonlyArray<string>
  readonly code: number
  readonly says: string | RegExp
  /** The phase of the run afterwards; default Running, so looking changes nothing. */
  readonly leaves?: string
  /** What is done before. */
  readonly first?: ReadonlyArray<string>
  /** What is done once the verb waits for the run, because it does so for ever. */
  readonly ended?: ReadonlyArray<string>
}

const known = join(import.meta.dirname, "programs/known.ts")
const fixed = join(import.meta.dirname, "programs/fixed.ts")
const defined = ["--file", known]

const table: Readonly<Record<string, Row>> = {
  run: { args: [fixed, "--id", "beside-1"], code: 0, says: "✔ beside-1 Succeeded" },
  submit: { args: [fixed, "--id", "beside-2", "--wait"], code: 0, says: "beside-2 Succeeded at " },
  cron: { args: ["list", "cron.yaml"], code: 0, says: "yearly" },
  schedule: { args: ["ls"], code: 0, says: "No schedules: " },
  list: { args: ["--running", "--prefix", "RUN"], code: 0, says: /\nRUN +ask +Running +\d/ },
  get: { args: ["RUN"], code: 0, says: / ǁ go +[\d.m]+s +waits for a signal\n/ },
  watch: { args: ["RUN"], code: 1, says: "✔ .onExit Succeeded", leaves: "Failed", ended: ["stop", "RUN"] },
  wait: { args: ["RUN"], code: 1, says: "RUN Failed at ", leaves: "Failed", ended: ["terminate", "RUN"] },
  logs: { args: ["RUN", "-f"], code: 0, says: ".onExit: cleaned up", leaves: "Failed", ended: ["stop", "RUN"] },
  why: { args: ["RUN"], code: 0, says: "go: it waits for a signal\n" },
  timeline: { args: ["RUN"], code: 0, says: "░ waiting for a signal" },
  trace: { args: ["RUN"], code: 0, says: /^trace [0-9a-f]{32}\n/ },
  metrics: { args: [], code: 0, says: /\npinnace_file_runs\{phase="Running"\} \d+\n/ },
  graph: { args: ["RUN"], code: 0, says: "← go" },
  diff: { args: ["RUN", "beside-0"], code: 0, says: /^RUN → beside-0\n/ },
  stop: { args: ["RUN", "-m", "enough"], code: 0, says: "RUN", leaves: "Failed" },
  terminate: { args: ["RUN"], code: 0, says: "RUN", leaves: "Failed" },
  suspend: { args: ["RUN"], code: 0, says: "suspended" },
  resume: { args: ["RUN"], code: 0, says: "goes on", first: ["suspend", "RUN"] },
  approve: { args: ["RUN"], code: 0, says: 'Node "go" is approved\n' },
  signal: { args: ["RUN", "go"], code: 0, says: 'Node "go" got its value\n' },
  compensate: { args: ["RUN", ...defined], code: 1, says: "it is Running: terminate it with compensate" },
  retry: { args: ["RUN", ...defined], code: 1, says: "it is Running" },
  resubmit: { args: ["RUN", ...defined, "--detach", "-o", "name"], code: 0, says: /^ask-\w+\n$/ },
  fork: { args: ["RUN", "go", ...defined, "--detach", "-o", "name"], code: 0, says: /^ask-\w+\n$/ },
  delete: { args: ["RUN"], code: 1, says: "stop or terminate it first" },
  audit: { args: [], code: 0, says: /Nobody has done anything|WHO/ },
  webhooks: { args: [], code: 0, says: "Every message to a webhook was delivered" },
  backup: { args: ["copy.db"], code: 0, says: " → copy.db (" },
  restore: { args: ["copy.db"], code: 64, says: " exists: stop what uses it, move it away, or name another one" },
  gc: { args: ["--sweep"], code: 0, says: "0 objects that no run names deleted" },
  cache: { args: ["explain", "RUN"], code: 0, says: "no result of it may be reused" },
  locks: { args: [], code: 0, says: "No semaphores" },
  artifacts: { args: ["RUN"], code: 0, says: /note\.txt +RUN +save +6 B +live/ },
  cp: { args: ["RUN", "out"], code: 0, says: "note.txt of save → " },
  export: { args: ["RUN"], code: 1, says: "it is Running, wait for its end" },
  import: { args: ["beside.tgz"], code: 0, says: "beside.tgz → beside-3\n" },
  health: { args: [], code: 0, says: "storage  answers" },
  doctor: { args: [], code: 0, says: "No problems found" }
}

/** Verbs that open no state file of others, with what tests them. */
const apart: Readonly<Record<string, string>> = {
  node: "is for runs of manifests: run.test.ts",
  backfill: "needs a schedule: schedule.test.ts",
  lint: "looks at files: manifest.test.ts",
  demo: "has a state file of its own: demo.test.ts",
  init: "writes files: init.test.ts, package/pack.test.ts",
  dev: "goes on until it is ended: dev.test.ts",
  completion: "prints: commandLine.test.ts",
  ui: "serves until it is ended: server/ui.test.ts",
  argo: "writes a manifest of a module: test/export",
  "exec-node": "runs in containers of exported manifests: test/export",
  worker: "goes on until it is ended: pools.test.ts",
  copy: "goes between a file and a database: postgres/copy.test.ts",
  migrate: "is about versions, of runs and of databases: migrate.test.ts, postgres/",
  version: "prints: commandLine.test.ts",
  help: "prints: help.test.ts"
}

let cli: Cli
let app: Started
beforeAll(async () => {
  cli = new Cli()
  cli.file(
    "cron.yaml",
    `kind: CronWorkflow
metadata: {name: yearly}
spec:
  schedules: ["0 0 1 1 *"]
  workflowSpec:
    entrypoint: main
    templates: [{name: main, container: {command: ["true"]}}]
`
  )
  for (const id of ["beside-0", "beside-3"]) await cli.run(["run", fixed, "--id", id])
  await cli.run(["export", "beside-3", "beside.tgz"])
  await cli.run(["delete", "beside-3"])
  app = cli.program("app.ts")
  await app.seen("ready")
})
afterAll(async () => {
  await cli?.run(["terminate", "--running"])
  await app?.end()
  cli?.remove()
})

const phaseOf = async (id: string): Promise<string> => {
  const { out } = await cli.run(["list", "--prefix", id, "-o", "json"])
  return (JSON.parse(out) as ReadonlyArray<{ readonly phase: string }>)[0]!.phase
}

describe("while another process executes a run", () => {
  it.each(Object.entries(table))(
    "%s does its work",
    async (verb, { args, code, ended, first, leaves = "Running", says }) => {
      const id = `${verb}-of-table`
      const named = (words: ReadonlyArray<string>) => words.map((it) => it.replace("RUN", id))
      app.say(`ask ${id}`)
      await app.seen(`waiting ${id}\n`)
      if (first !== undefined) await cli.run(named(first))
      const doing = cli.run(named([verb, ...args]))
      if (ended !== undefined) await cli.run(named(ended))
      const done = await doing
      expect(`${done.out}${done.err}`).toEqual(expect.stringMatching(pattern(says, id)))
      expect(done.code, done.err).toBe(code)
      if (leaves !== "Running") await cli.run(["wait", id])
      expect(await phaseOf(id)).toBe(leaves)
    }
  )

  it("no verb is forgotten", () => {
    expect([...Object.keys(table), ...Object.keys(apart)].sort()).toEqual(Object.keys(verbs).sort())
  })
})

const pattern = (says: string | RegExp, id: string): RegExp =>
  typeof says === "string"
    ? new RegExp(says.replace("RUN", id).replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    : new RegExp(says.source.replaceAll("RUN", id))
