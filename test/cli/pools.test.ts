/** Processes that die in the middle of a body on a pool, on a file and on a database. */
import { join } from "node:path"
import process from "node:process"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { hasPostgres, PostgresServer, withoutPostgres } from "../postgres/server.ts"
import { open } from "../../mod.ts"
import { Cli, type Started } from "./Cli.ts"

const program = join(import.meta.dirname, "programs/pooled.ts")
const main = join(import.meta.dirname, "../../src/cli/main.ts")
const flags = "deno" in process.versions ? ["run", "-A"] : []

describe.each(["a file", "a database"])("on %s", (where) => {
  const isDatabase = where === "a database"
  let cli: Cli
  let server: PostgresServer | undefined
  let db: string
  beforeAll(() => {
    cli = new Cli()
    server = isDatabase && hasPostgres ? new PostgresServer() : undefined
    db = server?.url ?? cli.db
  })
  afterAll(() => {
    cli?.remove()
    server?.remove()
  })

  const owner = (id: string, gate: string): Started => cli.spawn([program, db, id, join(cli.folder, gate)], {})
  const worker = (): Started => cli.start(["worker", program, "--pool", "gpu=1", "--db", db])
  const kill = async ({ child, done }: Started): Promise<void> => {
    child.kill("SIGKILL")
    await done
  }

  it.skipIf(isDatabase && !hasPostgres)(
    `the owner's death leaves the body alone, the worker's gives it to another${isDatabase ? "" : " process"}`,
    async () => {
      const first = owner("kept", "kept.gate")
      await first.seen("owning")
      const worked = worker()
      await worked.seen("begun in")
      await kill(first)
      const second = owner("kept", "")
      await second.seen("owning")
      cli.file("kept.gate", "")
      expect((await second.done).out).toBe(`owning\ndone by ${worked.child.pid}\n`)
      expect(worked.out).toBe(`begun in ${worked.child.pid}\n`)

      const third = owner("given", "given.gate")
      await worked.seen("begun in", worked.out.length)
      await kill(worked)
      const other = worker()
      await other.seen("begun in")
      cli.file("given.gate", "")
      expect((await third.done).out).toBe(`owning\ndone by ${other.child.pid}\n`)
      other.child.kill("SIGTERM")
      expect((await other.done).code).toBe(143)
      expect(other.err).toMatch(
        /^Offering gpu=1 to .*\. Ctrl-C ends it, or: kill \d+\ngpu: given heavy begins\ngpu: given heavy ended Succeeded/
      )
    }
  )
})

const onGpu = (gate: string) =>
  `kind: Workflow
metadata: {name: placed}
spec:
  entrypoint: train
  templates:
  - name: train
    nodeSelector: {pinnace/pool: gpu}
    script:
      command: [sh]
      source: |
        echo begun with $KEY
        until [ -e ${gate} ]; do sleep 0.1; done
        echo done
      env: [{name: KEY, valueFrom: {secretKeyRef: {name: keys, key: key}}}]
`
const keys = "kind: Secret\nmetadata: {name: keys}\nstringData: {key: clear}\n"

it.skipIf(process.platform === "win32")("containers of a manifest go to another worker when theirs dies", async () => {
  const cli = new Cli()
  try {
    await (await open(cli.db, {})).close()
    const flow = cli.file("flow.yaml", onGpu(join(cli.folder, "gate")))
    const secrets = cli.file("secrets.yaml", keys)
    const lacking = cli.start(["worker", "--pool", "gpu=1"])
    const run = cli.start(["run", flow, "--resources", secrets, "--id", "placed-1", "-o", "json"])
    await lacking.seen("is left to other workers")
    expect(lacking.err).toMatch(/placed-1 main.*is left to other workers: .*needs the values of Secret "keys"/)
    const first = cli.start(["worker", secrets, "--pool", "gpu=1", "--executor", "process"])
    await first.seen("begins")
    first.child.kill("SIGKILL")
    await first.done
    const second = cli.start(["worker", secrets, "--pool", "gpu=1", "--executor", "process"])
    await second.seen("begins")
    cli.file("gate", "")
    expect(await run.done).toMatchObject({ code: 0 })
    const logs = await cli.run(["logs", "placed-1", "--no-color"])
    expect(logs.out).toContain("done")
  } finally {
    cli.remove()
  }
})

it.skipIf(process.platform === "win32")("a worker ends with npx, which does not hand every signal on", async () => {
  const cli = new Cli()
  try {
    await (await open(cli.db, {})).close()
    const words = [process.execPath, ...flags, main, "worker", program, "--pool", "gpu=1"].map((it) => `'${it}'`)
    // As npx does it: a shell that waits for the command and dies of what should end that.
    const env = { npm_lifecycle_event: "npx", npm_lifecycle_script: "'pinnace'", PINNACE_DB: cli.db }
    const shell = cli.command("/bin/sh", ["-c", `${words.join(" ")} & wait`], env)
    await shell.seen("Offering gpu=1")
    shell.child.kill("SIGKILL")
    // Its streams are closed once the worker, too, has ended.
    expect((await shell.done).code).toBe("SIGKILL")
  } finally {
    cli.remove()
  }
})

it.skipIf(hasPostgres)(`a database is not tried: ${withoutPostgres}`, () => {})
