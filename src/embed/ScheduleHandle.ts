/** A schedule as a plain TypeScript app holds it; any number of handles may exist. */
import type { BackfillRequest, BackfillView } from "../schedule/backfill.ts"
import type { ShownInstant } from "../schedule/around.ts"
import type { EffectSchedule, StopOptions } from "../schedule/EffectSchedule.ts"
import type { FireFilter, FireView, ScheduleStatus } from "../schedule/reads.ts"
import type { Running } from "./running.ts"

/** A handle on one schedule. */
export class ScheduleHandle {
  /** The name of the schedule. */
  readonly name: string
  readonly #schedule: EffectSchedule
  readonly #running: Running

  /** Made by `Pinnace.schedule`. */
  constructor(schedule: EffectSchedule, running: Running) {
    this.name = schedule.name
    this.#schedule = schedule
    this.#running = running
  }

  /** The schedule as it stands. */
  status(): Promise<ScheduleStatus> {
    return this.#running.promise(this.#schedule.status)
  }

  /** Decides its instants as skipped from now on, in every process; what runs goes on. */
  pause(reason?: string): Promise<void> {
    return this.#running.promise(this.#schedule.pause(reason))
  }

  /** Goes on from now; with `catchUp`, what was due meanwhile is filled, one run at a time. */
  resume(options?: { readonly catchUp?: boolean }): Promise<void> {
    return this.#running.promise(this.#schedule.resume(options))
  }

  /** Starts a run for an instant, by default now, whatever the timing says; answers its id. */
  trigger(at?: Date | number): Promise<string> {
    return this.#running.promise(this.#schedule.trigger(at))
  }

  /** Its next instants after one, by default one after now. */
  next(many?: number, after?: Date | number): Promise<ReadonlyArray<Date>> {
    return this.#running.promise(this.#schedule.next(many, after))
  }

  /**
   * Its instants on both sides of one, `many` each (default 1): when they are, what clocks of its zone show then, and
   * where clocks were moved in between.
   */
  around(at: Date | number, many?: number): Promise<ReadonlyArray<ShownInstant>> {
    return this.#running.promise(this.#schedule.around(at, many))
  }

  /** What became of its instants, the latest first; the last 1,000 are kept. */
  fires(filter?: FireFilter): Promise<ReadonlyArray<FireView>> {
    return this.#running.promise(this.#schedule.fires(filter))
  }

  /** Starts runs for instants of the past; it survives crashes and goes on in any process that keeps the schedule. */
  backfill(request: BackfillRequest): Promise<BackfillView> {
    return this.#running.promise(this.#schedule.backfill(request))
  }

  /** Its backfills, as they stand. */
  backfills(): Promise<ReadonlyArray<BackfillView>> {
    return this.#running.promise(this.#schedule.backfills)
  }

  /** Waits until a backfill is over, and works on it meanwhile; `onFire` hears what becomes of its instants here. */
  backfillEnd(id: string, onFire?: (fire: FireView) => void): Promise<BackfillView> {
    return this.#running.promise(this.#schedule.backfillEnd(id, onFire))
  }

  /**
   * Starts nothing more of a backfill. Its open runs go on; with `runs: true` they are stopped, and their ids are the
   * answer. Asked again it stops those that are still open.
   */
  stopBackfill(id: string, options?: StopOptions): Promise<ReadonlyArray<string>> {
    return this.#running.promise(this.#schedule.stopBackfill(id, options))
  }

  /** Forgets where it stands and what became of its instants. A process that keeps it begins anew from now. */
  remove(): Promise<void> {
    return this.#running.promise(this.#schedule.remove)
  }
}
