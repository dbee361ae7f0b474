/**
 * Wakes other processes that have the same state file open, and notices when one of them ends, without polling.
 *
 * Owns: one listening socket, one connection to each other process.
 * Does not own: truth. A lost message costs time only: what happened is in the file, who is alive is told by the locks.
 *
 * Messages are lines: `h <process>` who I am; `c` commands wait; `g`
 * your runs were granted permits; `f` a run is free to be taken;
 * `w`, `u` tell me of your commits, no longer; `n` there were commits; `a` seen, you may send the next `n`.
 *
 * Invariants
 * - No socket or timer keeps the host process alive, except while a knock is on its way.
 * - Timers run only for a bounded time after a connection was lost.
 * - A connection costs a bounded amount of memory, whatever is sent through it and whether or not it is read: a
 *   caller that says what no process of ours says, gives two names, or does not read is hung up on.
 */
import { rmSync } from "node:fs"
import { shareWith } from "../files/mod.ts"
import { connect, createServer } from "node:net"
import type { Server, Socket } from "node:net"

/** What a doorbell needs to know of its process. */
export interface DoorbellOptions {
  readonly self: number
  readonly address: string
  /** Other users who may ring. */
  readonly group?: number | undefined
  readonly addressOf: (process: number) => string | undefined
  readonly isAlive: (process: number) => boolean
  /** The other processes that have the file open, or had it open and died. */
  readonly others: () => ReadonlyArray<number>
  readonly commands: () => void
  readonly granted: () => void
  readonly freed: () => void
  readonly foreign: () => void
  readonly died: (process: number) => void
}

interface Peer {
  readonly process: number
  readonly sockets: Set<Socket>
  /** It wants to hear of commits. */
  watching: boolean
  /** It has not yet acknowledged the last `n`. */
  busy: boolean
  /** There were commits since the last `n`. */
  stale: boolean
  attempts: number
}

/** How often a lost connection to a process that still lives is tried again: 1, 2, 4 … ms, together about 4 seconds. */
const reconnects = 12

/** What a process is woken for. */
const knocks = { commands: "c", granted: "g", freed: "f" }

/** A line longer than this is not from us. */
const longestLine = 32

/**
 * Bytes that may wait for a process that does not read; all of
 * ours are a few. A caller that lets more wait is hung up on.
 */
const longestWait = 4_096

const words: ReadonlySet<string> = new Set(["c", "g", "f", "w", "u", "n", "a"])

const isName = (line: string): boolean => /^h \d+$/.test(line)

/** The bell of one process. */
export class Doorbell {
  readonly #options: DoorbellOptions
  readonly #server: Server
  readonly #peers = new Map<number, Peer>()
  readonly #sockets = new Set<Socket>()
  #watches = 0
  #closed = false

  constructor(options: DoorbellOptions) {
    this.#options = options
    this.#server = createServer((socket) => this.#accept(socket))
    this.#server.on("error", () => {
      // Without a socket of its own a process still reaches the others by connecting to theirs.
    })
    this.#listen(options.address)
  }

  /** Connects to the processes there are, as far as it is not connected to them. */
  greet(): void {
    const peers = this.#options.others().map((process) => this.#peer(process))
    for (const peer of peers) if (peer.sockets.size === 0) this.#connect(peer)
  }

  /**
   * Tells a process that commands wait for it, that its runs were granted permits, or that a run is free to be taken.
   */
  knock(process: number, why: keyof typeof knocks): void {
    const peer = this.#peer(process)
    const [socket = this.#connect(peer)] = peer.sockets
    if (socket === undefined) return
    socket.ref()
    this.#send(socket, `${knocks[why]}\n`, () => socket.unref())
  }

  /** Tells the processes that watch that there were commits. */
  committed(): void {
    for (const peer of this.#peers.values()) {
      peer.stale = true
      this.#sendNews(peer)
    }
  }

  /** Asks all others to tell of their commits until the returned function is called. */
  watch(): () => void {
    if (++this.#watches === 1) this.#broadcast("w\n")
    let open = true
    return () => {
      if (!open) return
      open = false
      if (--this.#watches === 0) this.#broadcast("u\n")
    }
  }

  /** Hangs up; knocks on their way still arrive. */
  close(): void {
    this.#closed = true
    this.#server.close()
    for (const socket of this.#sockets) socket.end()
    this.#peers.clear()
  }

  #listen(address: string): void {
    try {
      if (!address.startsWith("\\\\")) rmSync(address, { force: true })
      this.#server.listen(address, () => shareWith(this.#options.group, address))
      this.#server.unref()
    } catch {
      // As above.
    }
  }

  #peer(process: number): Peer {
    const found = this.#peers.get(process)
    if (found !== undefined) return found
    const made: Peer = { process, sockets: new Set(), watching: false, busy: false, stale: false, attempts: 0 }
    this.#peers.set(process, made)
    return made
  }

  #accept(socket: Socket): void {
    if (this.#closed) socket.destroy()
    else this.#use(socket, undefined)
  }

  #connect(peer: Peer): Socket | undefined {
    const address = this.#options.addressOf(peer.process)
    if (address === undefined) {
      this.#lost(peer)
      return undefined
    }
    const socket = connect(address)
    socket.once("connect", () => {
      peer.attempts = 0
    })
    this.#use(socket, peer)
    return socket
  }

  #use(socket: Socket, known: Peer | undefined): void {
    let peer = known
    let text = ""
    this.#sockets.add(socket)
    known?.sockets.add(socket)
    socket.unref()
    socket.setEncoding("latin1")
    socket.on("error", () => socket.destroy())
    socket.on("data", (chunk) => {
      const lines = (text + String(chunk)).split("\n")
      text = lines.pop() ?? ""
      if (text.length > longestLine) socket.destroy()
      for (const line of lines) if (!socket.destroyed) peer = this.#hear(line, socket, peer, known)
    })
    socket.on("close", () => this.#ended(socket, peer))
    this.#send(socket, `h ${this.#options.self}\n${this.#watches > 0 ? "w\n" : ""}`)
  }

  #send(socket: Socket, text: string, sent?: () => void): void {
    if (socket.writableLength > longestWait) socket.destroy()
    else socket.write(text, sent)
  }

  #hear(line: string, socket: Socket, peer: Peer | undefined, known: Peer | undefined): Peer | undefined {
    if (this.#closed) return peer
    if (isName(line) ? peer !== known : !words.has(line)) {
      socket.destroy()
      return peer
    }
    if (isName(line)) {
      // What it granted while there was no connection.
      this.#options.granted()
      return this.#meet(Number(line.slice(2)), socket)
    }
    if (line === "c") this.#options.commands()
    if (line === "g") this.#options.granted()
    if (line === "f") this.#options.freed()
    if (line === "n") {
      this.#options.foreign()
      this.#send(socket, "a\n")
    }
    if (peer !== undefined) this.#note(line, peer)
    return peer
  }

  #meet(process: number, socket: Socket): Peer {
    const peer = this.#peer(process)
    peer.sockets.add(socket)
    return peer
  }

  #note(line: string, peer: Peer): void {
    if (line === "w") {
      // It looked before it asked to be told; what was committed in between it would never hear of.
      peer.watching = true
      peer.stale = true
      this.#sendNews(peer)
    }
    if (line === "u") peer.watching = false
    if (line === "a") {
      peer.busy = false
      this.#sendNews(peer)
    }
  }

  #sendNews(peer: Peer): void {
    const [socket] = peer.sockets
    if (!peer.watching || peer.busy || !peer.stale || socket === undefined) return
    peer.busy = true
    peer.stale = false
    this.#send(socket, "n\n")
  }

  /** Also over sockets whose other end has not said its name yet: nothing else would ever tell it. */
  #broadcast(line: string): void {
    for (const socket of this.#sockets) this.#send(socket, line)
  }

  #ended(socket: Socket, peer: Peer | undefined): void {
    this.#sockets.delete(socket)
    peer?.sockets.delete(socket)
    if (this.#closed) return
    // A process may end right after it stored a command or granted permits, before its knock arrived.
    this.#options.commands()
    this.#options.granted()
    // Who never said its name may have died before it could: it is one of those that cannot be reached.
    if (peer === undefined) this.greet()
    else if (peer.sockets.size === 0) this.#lost(peer)
  }

  #lost(peer: Peer): void {
    peer.watching = false
    peer.busy = false
    if (!this.#options.isAlive(peer.process)) {
      if (this.#peers.delete(peer.process)) this.#options.died(peer.process)
      return
    }
    // The kernel closes the sockets of a dying process before or after it gives back its lock, so look again soon.
    if (peer.attempts >= reconnects) return
    setTimeout(() => this.#again(peer), 2 ** peer.attempts++).unref()
  }

  #again(peer: Peer): void {
    if (!this.#closed && peer.sockets.size === 0 && this.#peers.has(peer.process)) this.#connect(peer)
  }
}
