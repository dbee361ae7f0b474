/** The clocks of places, as values of expressions. */
import { offsetAt } from "../../../schedule/zone.ts"
import { Refusal } from "./ExprError.ts"
import { time } from "./goTime.ts"
import { isZone, type Time, typeName, type Value, type Zone } from "./Value.ts"

/** The clocks of a place by its IANA name; the empty name and `Local` are UTC. Throws Refusal. */
export const zoneNamed = (name: string): Zone => {
  const known = name === "" || name === "Local" ? "UTC" : name
  try {
    offsetAt(known, 0)
  } catch {
    throw new Refusal(`unknown time zone ${name}`)
  }
  return { _tag: "Zone", name: known }
}

/** The same instant as a place's clocks show it. Throws Refusal. */
export const shownIn = (at: Time, zone: Value | undefined): Time => {
  if (zone === undefined) return at
  if (!isZone(zone)) throw new Refusal(`cannot use ${typeName(zone)} as time.Location`)
  return time(at.millis, offsetAt(zone.name, at.millis) / 60_000)
}
