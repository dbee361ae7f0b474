/**
 * What becomes of sessions with a server: machines are cut off and come back, processes stand still and are declared
 * dead, a server is restarted, or another one that is behind takes over.
 *
 * Owns: which processes were declared dead while they lived, which are cut off. Does not own: what goes over wires.
 */
import * as Effect from "effect/Effect"
import type { Disk } from "../../src/journal/Disk.ts"
import { fence } from "../../src/journal/memory.ts"
import type { Cluster, Process } from "./Cluster.ts"
import type { Probe } from "../../src/testing/simulation/Probe.ts"
import { Failovers } from "./Failovers.ts"
import { unreachable } from "./Wire.ts"

/** Milliseconds of silence after which a session is ended. */
const lease = 60_000
const grace = 1_000
/** The most of one seed. */
const most = 6

/** The sessions of one seed. */
export class Sessions {
  count = 0
  readonly #cluster: Cluster
  readonly #disk: Disk
  readonly #probe: Probe
  readonly #random: () => number
  readonly #rate: number
  readonly #fenced = new Set<number>()
  readonly #away = new Set<Process>()
  readonly #failovers: Failovers

  /** `rewound` is told when the server has forgotten changes. */
  constructor(cluster: Cluster, disk: Disk, probe: Probe, random: () => number, rewound: () => void) {
    this.#cluster = cluster
    this.#disk = disk
    this.#probe = probe
    this.#random = random
    this.#rate = random() < 0.3 ? 0 : random() * 0.02
    this.#failovers = new Failovers(cluster, disk, random, {
      fence: (process) => this.#declareDead(process),
      forgotten: ({ journal }) => this.#probe.forgotten(journal.process),
      happened: () => {
        this.count++
        this.#restart()
        rewound()
      }
    })
    cluster.harm = 0.01 + random() * 0.3
    cluster.again = (open, world) =>
      Effect.suspend(() => cluster.netOf(world).isDown ? Effect.fail(unreachable()) : Effect.sync(open))
  }

  /** Whether this number was declared dead while its process lived. */
  isFenced(number: number): boolean {
    return this.#fenced.has(number)
  }

  /** Whether it is cut off, and will be back. */
  isAway(process: Process): boolean {
    return this.#away.has(process)
  }

  /** Whether the server has forgotten changes. */
  get isRewound(): boolean {
    return this.#failovers.count > 0
  }

  /** Now something happens, or not. */
  happen(): void {
    this.#failovers.happen()
    if (this.count >= most || this.#random() >= this.#rate) return
    const { living } = this.#cluster
    const process = living[Math.floor(this.#random() * living.length)]
    if (process === undefined || !this.#disk.members.has(process.journal.process)) return
    this.count++
    const draw = this.#random()
    if (draw < 0.3) return this.#restart()
    if (draw < 0.6) return this.#standStill(process)
    this.#cutOff(process)
  }

  #restart(): void {
    for (const process of this.#cluster.living) {
      if (!this.#away.has(process)) this.#cluster.netOf(process.world).reconnect()
    }
  }

  /** It finds itself declared dead when it goes on: what ran in it could not know. */
  #standStill(process: Process): void {
    this.#cluster.delayed(lease)
    this.#declareDead(process)
    process.world.add(() => this.#away.has(process) ? undefined : this.#cluster.netOf(process.world).reconnect())
  }

  #declareDead({ journal }: Process): void {
    this.#probe.died(journal.process)
    this.#fence(journal)
  }

  #fence(journal: Process["journal"]): void {
    this.#fenced.add(journal.process)
    fence(journal, this.#random() < 0.5)
  }

  /** Its bodies have to end by themselves, before others may begin them again. */
  #cutOff(process: Process): void {
    if (this.#away.has(process)) return
    const { journal, world } = process
    const net = this.#cluster.netOf(world)
    this.#away.add(process)
    net.isDown = true
    const during = Effect.gen({ self: this }, function* () {
      yield* Effect.sleep(lease / 2)
      if (!net.isDown || process.journal !== journal) return
      this.#cluster.giveUp(world)
      yield* Effect.sleep(lease / 2 + grace)
      if (this.#disk.members.has(journal.process)) this.#fence(journal)
    })
    const back = Effect.andThen(
      Effect.sleep(Math.floor(this.#random() * 3 * lease)),
      Effect.sync(() => {
        this.#away.delete(process)
        this.#cluster.delayed(8 * lease)
        net.reconnect()
      })
    )
    world.fork(during)
    world.fork(back)
  }
}
