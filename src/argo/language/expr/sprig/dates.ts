/** Sprig's functions of instants and spans; what is local is UTC, as where Argo's controller runs. */
import { asString } from "../arguments.ts"
import type { Budget } from "../Budget.ts"
import { Refusal } from "../ExprError.ts"
import { goParse } from "../goParse.ts"
import { goFormat, parseSpan, span, spanText, time } from "../goTime.ts"
import { isNumeric, isSpan, isTime, type Time, type Value } from "../Value.ts"
import { offsetAt } from "../../../../schedule/zone.ts"
import { type Functions, text, whole } from "./values.ts"

const instant = (value: Value | undefined, now: () => number): Time =>
  value !== undefined && isTime(value) ? value : time(isNumeric(value ?? null) ? Number(value) * 1_000 : now())

/** The same instant as the clocks of a zone show it; a zone that does not exist is UTC. */
const shownIn = (zone: string, at: Time): Time => {
  if (zone === "" || zone === "Local") return time(at.millis)
  try {
    return time(at.millis, offsetAt(zone, at.millis) / 60_000)
  } catch {
    return time(at.millis)
  }
}

const units: ReadonlyArray<readonly [name: string, seconds: number]> = [
  ["y", 365 * 86_400],
  ["mo", 30 * 86_400],
  ["d", 86_400],
  ["h", 3_600],
  ["m", 60],
  ["s", 1]
]

/** A span in its largest unit alone. */
const roughly = (nanos: bigint): string => {
  const seconds = Math.abs(Number(nanos)) / 1e9
  const [name, size] = units.find(([, size]) => seconds >= size) ?? ["s", 1]
  return `${nanos < 0n ? "-" : ""}${Math.floor(seconds / size)}${name}`
}

const spanOf = (value: Value | undefined, now: () => number): bigint => {
  if (value !== undefined && isSpan(value)) return value.nanos
  if (value !== undefined && isTime(value)) return BigInt(Math.round((now() - value.millis) * 1e6))
  return typeof value === "string" ? lenient(() => parseSpan(value).nanos, 0n) : whole(value)
}

const lenient = <A>(work: () => A, otherwise: A): A => {
  try {
    return work()
  } catch (error) {
    if (error instanceof Refusal) return otherwise
    throw error
  }
}

const moved = (by: string, at: Time): Time => time(at.millis + Number(parseSpan(by).nanos) / 1e6, at.offset)

/** By name. */
export const dates = (budget: Budget, now: () => number): Functions => {
  const inZone = (layout: Value | undefined, value: Value | undefined, zone: Value | undefined) =>
    goFormat(shownIn(text(zone), instant(value, now)), asString(layout))
  const modify = (by: Value | undefined, value: Value | undefined) => {
    const at = instant(value, now)
    return lenient(() => moved(text(by), at), at)
  }
  const mustModify = (by: Value | undefined, value: Value | undefined) => moved(text(by), instant(value, now))
  return {
    now: () => time(now()),
    date: (layout, value) => inZone(layout, value, ""),
    dateInZone: inZone,
    date_in_zone: inZone,
    htmlDate: (value) => inZone("2006-01-02", value, ""),
    htmlDateInZone: (value, zone) => inZone("2006-01-02", value, zone),
    dateModify: modify,
    date_modify: modify,
    mustDateModify: mustModify,
    must_date_modify: mustModify,
    toDate: (layout, value) => lenient(() => goParse(text(value), budget, asString(layout)), time(-62_135_596_800_000)),
    mustToDate: (layout, value) => goParse(text(value), budget, asString(layout)),
    ago: (value) => spanText(span(BigInt(Math.round((now() - instant(value, now).millis) / 1_000)) * 1_000_000_000n)),
    duration: (seconds) => spanText(span(whole(seconds) * 1_000_000_000n)),
    durationRound: (value) => roughly(spanOf(value, now)),
    unixEpoch: (value) => String(Math.floor(instant(value, now).millis / 1_000))
  }
}
