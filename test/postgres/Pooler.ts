/**
 * PgBouncer before a server of the tests: a process of its own, reached by a socket in a temporary folder. It ends with
 * the test process. `PINNACE_TEST_PGBOUNCER=required` makes tests fail where there is none, and not be skipped.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { chownSync, existsSync, mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { createInterface } from "node:readline"
import { removeTree } from "../removeTree.ts"
import { hasPostgres, identity, type PostgresServer } from "./server.ts"

const program = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"].find((it) => existsSync(it))

/** Whether there is one with a server behind it, or must be one. */
export const hasPooler: boolean = hasPostgres &&
  (process.env["PINNACE_TEST_PGBOUNCER"] === "required" || program !== undefined)

/** Why tests are skipped where there is none. */
export const withoutPooler = "no PgBouncer, or no PostgreSQL server: install Debian's packages pgbouncer and postgresql"

/** How it shares sessions. */
export type Sharing = "session" | "transaction"

const settings = (folder: string, server: PostgresServer, sharing: Sharing): string =>
  `[databases]
postgres = host=${server.folder} port=${server.socket.split(".").at(-1)} user=pinnace
[pgbouncer]
unix_socket_dir = ${folder}
listen_port = 5432
auth_type = any
pool_mode = ${sharing}
default_pool_size = 100
`

/** One that runs. */
export class Pooler {
  /** The address that leads through it. */
  readonly url: string
  readonly #folder: string
  #end: () => Promise<unknown>

  private constructor(folder: string, end: () => Promise<unknown>) {
    this.url = `postgres://pinnace@/postgres?host=${encodeURIComponent(folder)}`
    this.#folder = folder
    this.#end = end
  }

  /** Starts one. */
  static async start(server: PostgresServer, sharing: Sharing): Promise<Pooler> {
    const folder = mkdtempSync(join(tmpdir(), "pinnace-pooler-"))
    // It refuses to run as root.
    const { gid, uid } = identity()
    if (uid !== undefined) chownSync(folder, uid, gid!)
    writeFileSync(fileIn(folder), settings(folder, server, sharing))
    return new Pooler(folder, await started(folder))
  }

  /** Ends it, with all connections through it, and starts it at the same address. */
  async restart(): Promise<void> {
    await this.#end()
    this.#end = await started(this.#folder)
  }

  /** Ends it. */
  readonly remove = async (): Promise<void> => {
    await this.#end()
    removeTree(this.#folder)
  }
}

const fileIn = (folder: string): string => join(folder, "pgbouncer.ini")

/** Starts its process; answers how to end it. */
const started = async (folder: string): Promise<() => Promise<unknown>> => {
  // However the test process ends, a pipe to the shell is closed then.
  const line = `"$0" "$1" & cat >/dev/null; kill $!; wait`
  const child = spawn("sh", ["-c", line, program ?? "pgbouncer", fileIn(folder)], {
    ...identity(),
    cwd: folder,
    stdio: ["pipe", "ignore", "pipe"]
  })
  const ended = once(child, "exit")
  const said: Array<string> = []
  for await (const text of createInterface({ input: child.stderr! })) {
    said.push(text)
    if (text.includes("process up")) break
  }
  if (!said.at(-1)?.includes("process up")) throw new Error(`PgBouncer does not start: ${said.join("\n")}`)
  child.stderr!.resume()
  child.unref()
  return () => {
    child.ref()
    child.stdin!.end()
    return ended
  }
}
