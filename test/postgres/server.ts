/**
 * A PostgreSQL server for tests: a cluster of its own in a temporary folder, reached by a socket there, without fsync.
 * It ends with the test process. `PINNACE_TEST_PG=required` makes tests fail where there is none, and not be skipped.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process"
import { appendFileSync, chownSync, existsSync, mkdtempSync, readdirSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { removeTree } from "../removeTree.ts"

const versions = "/usr/lib/postgresql"

/** Where the server's programs are: of the newest version that is installed. */
const programs = (): string | undefined => {
  const found = existsSync(versions) ? readdirSync(versions).map(Number).filter((it) => it >= 14) : []
  const newest = Math.max(0, ...found)
  return newest === 0 ? undefined : join(versions, String(newest), "bin")
}

/** Whether there is a server, or must be one. */
export const hasPostgres: boolean = process.env["PINNACE_TEST_PG"] === "required" || programs() !== undefined

/** Why tests are skipped where there is none. */
export const withoutPostgres = "no PostgreSQL 14 or later in /usr/lib/postgresql: install Debian's package postgresql"

/** As whom the server runs: it refuses to as root. */
export const identity = (): { readonly uid?: number; readonly gid?: number } => {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }))
  return { uid: id("-u"), gid: id("-g") }
}

interface ServerOptions {
  readonly fsync?: boolean
  readonly listens?: boolean
  readonly follows?: PostgresServer
}

/** A cluster that was started. */
export class PostgresServer {
  readonly folder: string
  readonly #identity = identity()
  readonly #fsync: boolean
  readonly #port: number | undefined
  #starts = 0

  /**
   * Without `fsync` a test is faster, and a loss of power would lose what was acknowledged. One that `listens` can be
   * reached over a network, too. One that `follows` another is its asynchronous replica.
   */
  constructor({ follows, fsync = false, listens = false }: ServerOptions = {}) {
    this.#fsync = fsync
    this.#port = listens ? 20_000 + process.pid % 40_000 : undefined
    this.folder = mkdtempSync(join(tmpdir(), "pinnace-pg-"))
    const { gid, uid } = this.#identity
    if (uid !== undefined) chownSync(this.folder, uid, gid!)
    const data = ["-D", join(this.folder, "data"), "--no-sync"]
    if (follows !== undefined) {
      const from = ["-h", follows.folder, "-p", String(follows.#port ?? 5432)]
      this.#run("pg_basebackup", [...data, ...from, "-U", "pinnace", "-R", "-X", "stream", "-c", "fast"])
    } else this.#run("initdb", [...data, "-U", "pinnace", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"])
    if (listens) appendFileSync(join(this.folder, "data", "pg_hba.conf"), "host all all 10.213.0.0/16 trust\n")
    this.start()
    this.#endWithProcess()
  }

  /** Its address. */
  get url(): string {
    const port = this.#port === undefined ? "" : `&port=${this.#port}`
    return `postgres://pinnace@/postgres?host=${encodeURIComponent(this.folder)}${port}`
  }

  /** The socket at which it can be reached. */
  get socket(): string {
    return join(this.folder, `.s.PGSQL.${this.#port ?? 5432}`)
  }

  /** Its address as seen from a network in which this host has that name. */
  at(host: string): string {
    return `postgres://pinnace@${host}:${this.#port}/postgres`
  }

  /** Whether sessions of before have ended. */
  get isRestarted(): boolean {
    return this.#starts > 1
  }

  /** Starts it. */
  start(): void {
    this.#starts++
    const settings = [
      `-c listen_addresses='${this.#port === undefined ? "" : "*"}'`,
      this.#port === undefined ? "" : `-p ${this.#port}`,
      `-k ${this.folder}`,
      this.#fsync ? "" : "-c fsync=off -c full_page_writes=off",
      "-c max_connections=200 -c shared_buffers=32MB"
    ]
    this.#control(["-l", join(this.folder, "log"), "-o", settings.join(" "), "start"])
  }

  /** Makes a replica a server of its own. */
  promote(): void {
    this.#control(["promote"])
  }

  /** Stops it; `immediate` is as a crash. */
  stop(mode: "fast" | "immediate" = "fast"): void {
    this.#control(["-m", mode, "stop"])
  }

  /** Stops it for good. */
  remove(): void {
    try {
      this.stop("immediate")
    } catch {
      // It is stopped already.
    }
    removeTree(this.folder)
  }

  /** However this process ends, a pipe to it is closed then. */
  #endWithProcess(): void {
    const stop = `${programs()}/pg_ctl -D ${this.folder}/data -m immediate stop; rm -rf ${this.folder}`
    const guard = spawn("sh", ["-c", `cat >/dev/null; ${stop}`], {
      ...this.#identity,
      cwd: "/",
      detached: true,
      stdio: ["pipe", "ignore", "ignore"]
    })
    guard.unref()
    const pipe = guard.stdin as unknown as { readonly unref?: () => void }
    pipe.unref?.()
  }

  #control(args: ReadonlyArray<string>): void {
    this.#run("pg_ctl", ["-D", join(this.folder, "data"), "-w", ...args])
  }

  #run(program: string, args: ReadonlyArray<string>): void {
    const { status, stderr } = spawnSync(join(programs() ?? "", program), args, {
      ...this.#identity,
      cwd: this.folder,
      encoding: "utf8",
      stdio: ["ignore", "ignore", "pipe"]
    })
    if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`)
  }
}

let shared: PostgresServer | undefined = undefined

/** One server for all tests of a process. */
export const sharedServer = (): PostgresServer => shared ??= new PostgresServer()
