/** A network of its own for one process, with a link to the host that can be taken down. Needs root, and `ip`. */
import { spawnSync } from "node:child_process"
import process from "node:process"

const ip = (...args: ReadonlyArray<string>): boolean => spawnSync("ip", args, { stdio: "ignore" }).status === 0

/** See the head of the file. */
export class Namespace {
  /** The host, as seen from inside. */
  readonly host: string
  /** What a command line begins with that is to run inside. */
  readonly inside: ReadonlyArray<string>
  readonly #name: string
  readonly #link: string

  constructor() {
    // One at a time in a process; others play beside it.
    const net = `10.213.${process.pid % 250}`
    this.#name = `pinnace${process.pid}`
    this.#link = `pv${process.pid}`
    this.host = `${net}.1`
    this.inside = ["ip", "netns", "exec", this.#name]
    this.remove()
    ip("netns", "add", this.#name)
    ip("link", "add", this.#link, "type", "veth", "peer", "name", "inside", "netns", this.#name)
    ip("addr", "add", `${net}.1/24`, "dev", this.#link)
    ip("link", "set", this.#link, "up")
    ip("-n", this.#name, "addr", "add", `${net}.2/24`, "dev", "inside")
    ip("-n", this.#name, "link", "set", "inside", "up")
    ip("-n", this.#name, "link", "set", "lo", "up")
  }

  /** Whether this host lets one be made. */
  static isPossible(): boolean {
    const name = `pinnace-try${process.pid}`
    return ip("netns", "add", name) && ip("netns", "del", name)
  }

  /** Nothing passes any more, and nobody is told. */
  down(): void {
    ip("link", "set", this.#link, "down")
  }

  /** Everything passes again. */
  up(): void {
    ip("link", "set", this.#link, "up")
  }

  /** Removes it. */
  remove(): void {
    ip("link", "del", this.#link)
    ip("netns", "del", this.#name)
  }
}
