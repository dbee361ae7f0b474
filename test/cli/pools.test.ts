/** Processes that die in the middle of a body on a pool, on a file and on a database. */
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { hasPostgres, PostgresServer, withoutPostgres } from "../postgres/server.ts"
import { Cli, type Started } from "./Cli.ts"

const program = join(import.meta.dirname, "programs/pooled.ts")

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
    }
  )
})

it.skipIf(hasPostgres)(`a database is not tried: ${withoutPostgres}`, () => {})
