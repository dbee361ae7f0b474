/**
 * Rates as token buckets: `limit` tokens, refilled evenly within `per` milliseconds. Pure. The state of a bucket is one
 * number, the instant at which it is full again; it needs no timer, and a restart changes nothing.
 */

/** A rate: at most `limit` at once, and as many again per `per` milliseconds. */
export interface Rate {
  readonly limit: number
  readonly per: number
}

/** Instants are floating point: less than a thousandth of a token is none. */
const grain = 1000

/**
 * How many tokens are missing at an instant: 0 when the bucket
 * is full. After the clock was set back, at most all of them.
 */
export const spent = (fullAt: number, { limit, per }: Rate, now: number): number =>
  Math.round((missing(fullAt, per, now) * limit * grain) / per) / grain

/**
 * The state as it has to be stored at an instant: no bucket is full later than one period
 * from now. A clock that was set back would else be waited for until it has caught up.
 */
export const anchored = (fullAt: number, { per }: Rate, now: number): number => Math.min(fullAt, now + per)

/** The state after taking `weight` tokens. */
export const spend = (fullAt: number, { limit, per }: Rate, weight: number, now: number): number =>
  now + missing(fullAt, per, now) + weight * per / limit

/**
 * The instant, in whole milliseconds and after `now`, from
 * which `weight` tokens are there; `weight` is at most `limit`.
 */
export const availableAt = (fullAt: number, rate: Rate, weight: number, now: number): number =>
  Math.max(now + 1, Math.ceil(spend(fullAt, rate, weight, now) - rate.per))

const missing = (fullAt: number, per: number, now: number): number => Math.min(per, Math.max(0, fullAt - now))
