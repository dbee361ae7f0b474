/**
 * The connections of a server, over all addresses that it listens at.
 *
 * Owns: open sockets, which of them have a request that is being answered, and since when the others have none.
 * Does not own: requests and answers.
 *
 * Invariants
 * - There are at most `most`. A new one takes the place of that which has asked for nothing the longest, so who only
 *   holds connections keeps nobody out; while all are being answered, a new one is refused.
 * - A connection has at most 64 requests that are not answered.
 * - A connection that asks for nothing is closed after `idleTime`, however slowly the head of a request comes in.
 * - Once it is closed, connections without a request are gone at once, and others after their answer.
 */
import type { Socket } from "node:net"

/** The most requests of one connection that are not answered yet. */
const PIPELINED_MAX = 64

/** The connections of one server. */
export class Connections {
  readonly #most: number
  readonly #idleTime: number
  /** Those without a request, the longest first, each with what closes it. */
  readonly #idle = new Map<Socket, ReturnType<typeof setTimeout>>()
  /** How many requests of each are being answered. */
  readonly #busy = new Map<Socket, number>()
  #isClosing = false

  constructor(most: number, idleTime: number) {
    this.#most = most
    this.#idleTime = idleTime
  }

  /** How many there are. */
  get count(): number {
    return this.#idle.size + this.#busy.size
  }

  /** A new one. */
  enter(socket: Socket): void {
    if (this.#isClosing) return void socket.destroy()
    if (this.count >= this.#most) {
      const [longest] = this.#idle.keys()
      if (longest === undefined) return void socket.destroy()
      this.#forget(longest)
      longest.destroy()
    }
    socket.on("close", () => this.#forget(socket))
    this.#rest(socket)
  }

  /** Counts a request that is to be answered; `false` when the connection has too many, which cuts it. */
  begin(socket: Socket): boolean {
    const open = (this.#busy.get(socket) ?? 0) + 1
    if (open > PIPELINED_MAX) socket.destroy()
    if (open > PIPELINED_MAX || socket.destroyed) return false
    clearTimeout(this.#idle.get(socket))
    this.#idle.delete(socket)
    this.#busy.set(socket, open)
    return true
  }

  /** It was answered. */
  end(socket: Socket): void {
    const left = (this.#busy.get(socket) ?? 0) - 1
    if (left > 0) return void this.#busy.set(socket, left)
    const wasThere = this.#busy.delete(socket)
    if (!wasThere || socket.destroyed) return
    if (this.#isClosing) socket.end(() => socket.destroy())
    else this.#rest(socket)
  }

  /** Closes what asks for nothing now, and everything else once it is answered. */
  close(): void {
    this.#isClosing = true
    for (const socket of [...this.#idle.keys()]) {
      this.#forget(socket)
      socket.destroy()
    }
  }

  #rest(socket: Socket): void {
    this.#idle.set(socket, setTimeout(() => socket.destroy(), this.#idleTime))
  }

  #forget(socket: Socket): void {
    clearTimeout(this.#idle.get(socket))
    this.#idle.delete(socket)
    this.#busy.delete(socket)
  }
}
