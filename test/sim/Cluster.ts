/**
 * Simulated processes whose journals are asked without effects around the answers, and that may be behind wires.
 *
 * Owns: the wires. Does not own: what happens to them (`Sessions.ts`).
 */
import type { JournalShape } from "../../src/journal/Journal.ts"
import { Cluster as Processes, type Process as Simulated } from "../../src/testing/simulation/Cluster.ts"
import type { World } from "../../src/testing/World.ts"
import { type Answered, answersOf } from "../journal/answers.ts"
import { rate } from "./permits.ts"
import { Net, Wire } from "./Wire.ts"

/** One simulated process. */
export type Process = Simulated<Answered>

/** As many periods of a rate as nobody is cut off for. */
const longest = 3_000

/** All simulated processes of one seed. */
export class Cluster extends Processes<Answered> {
  /** How often a wire between processes and disk does harm; without any there is no wire. */
  harm = 0
  /** What wires saw broken. */
  readonly violations: Array<string> = []
  readonly #members: (number: number) => boolean
  readonly #seed: () => number
  readonly #nets = new Map<World, Net>()
  readonly #wires = new Map<World, Wire>()
  #delays = 0

  constructor(...[disk, random, preempt]: ConstructorParameters<typeof Processes>) {
    super(disk, random, preempt)
    this.#members = (number) => disk.members.has(number)
    this.#seed = random
  }

  /** What connects a process with the disk. */
  netOf(world: World): Net {
    const net = this.#nets.get(world) ?? new Net(this.harm)
    this.#nets.set(world, net)
    return net
  }

  /** The wire of a process; `undefined` where there is none. */
  wireOf(world: World): Wire | undefined {
    return this.#wires.get(world)
  }

  /** A process says by itself that it was cut off for too long. */
  giveUp(world: World): void {
    this.#wires.get(world)?.giveUp()
  }

  /** Something on a wire may come so much later than it would. */
  delayed(millis: number): void {
    this.#delays += Math.ceil(millis / rate.per)
  }

  /** How many steps were taken. */
  taken = 0

  override step(): boolean {
    this.taken++
    return super.step()
  }

  override get setbacks(): number {
    const away = this.living.filter(({ world }) => this.#nets.get(world)?.isDown === true).length
    return super.setbacks + this.#delays + away * longest
  }

  protected override opened(journal: JournalShape): Answered {
    return answersOf(journal)
  }

  protected override between(journal: Answered, world: World): JournalShape {
    if (this.harm === 0) return super.between(journal, world)
    const wire = new Wire(journal, {
      world,
      net: this.netOf(world),
      isAlive: () => this.#members(journal.process),
      delayed: (millis) => this.delayed(millis),
      random: this.#seed,
      violations: this.violations
    })
    this.#wires.set(world, wire)
    return wire.shape()
  }
}
