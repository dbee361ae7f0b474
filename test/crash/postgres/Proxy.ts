/** Stands between an app and its database: cuts connections, swallows answers, leads elsewhere. */
import { mkdtempSync, rmSync } from "node:fs"
import { connect, createServer, type Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"

const socketName = ".s.PGSQL.5432"

/** See the head of the file. */
export class Proxy {
  /** The socket that it leads to. */
  target: string
  readonly folder: string = mkdtempSync(join(tmpdir(), "pinnace-wire-"))
  readonly #pairs = new Set<{ readonly near: Socket; readonly far: Socket; isMute: boolean }>()
  readonly #server = createServer((near) => this.#join(near))

  constructor(target: string) {
    this.target = target
    this.#server.listen(join(this.folder, socketName))
  }

  /** The address that leads through it. */
  get url(): string {
    return `postgres://pinnace@/postgres?host=${encodeURIComponent(this.folder)}`
  }

  /** From now on questions arrive and answers do not; then every connection ends. */
  swallow(): void {
    const pairs = [...this.#pairs]
    for (const pair of pairs) pair.isMute = true
    setTimeout(() => pairs.forEach((pair) => this.#part(pair)), 50)
  }

  /** Ends every connection. */
  cut(): void {
    for (const pair of [...this.#pairs]) this.#part(pair)
  }

  /** Ends it. */
  close(): void {
    this.cut()
    this.#server.close()
    rmSync(this.folder, { recursive: true, force: true })
  }

  #join(near: Socket): void {
    const far = connect(this.target)
    const pair = { near, far, isMute: false }
    this.#pairs.add(pair)
    near.on("data", (data) => far.write(data))
    far.on("data", (data) => pair.isMute ? undefined : near.write(data))
    for (const socket of [near, far]) {
      socket.on("error", () => this.#part(pair))
      socket.on("close", () => this.#part(pair))
    }
  }

  #part(pair: { readonly near: Socket; readonly far: Socket; isMute: boolean }): void {
    this.#pairs.delete(pair)
    pair.near.destroy()
    pair.far.destroy()
  }
}
