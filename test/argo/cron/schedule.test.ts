import { describe, expect, it } from "vitest"
import { BadSchedule, latestOf, nextOf, parseSchedule } from "../../../src/argo/cron/Schedule.ts"
import { offsetAt } from "../../../src/schedule/zone.ts"
import { makeRandom } from "../../../src/testing/World.ts"

const at = (iso: string): number => Date.parse(iso)

/** The next instants of a schedule, without the parts that are always zero. */
const times = (text: string, zone: string | undefined, after: string, count = 3): ReadonlyArray<string> => {
  const schedule = parseSchedule(text, zone)
  const found: Array<string> = []
  for (let next = schedule.next(at(after)); next !== undefined && found.length < count; next = schedule.next(next)) {
    found.push(new Date(next).toISOString().replace(":00.000Z", "Z"))
  }
  return found
}

describe("A schedule", () => {
  it.each([
    ["0 3 * * *", "UTC", "2026-01-01T03:00Z", ["2026-01-02T03:00Z", "2026-01-03T03:00Z", "2026-01-04T03:00Z"]],
    ["*/20 9-10 * * mon-fri", "UTC", "2026-01-02T10:30Z", [
      "2026-01-02T10:40Z",
      "2026-01-05T09:00Z",
      "2026-01-05T09:20Z"
    ]],
    ["5/25 * ? * *", "UTC", "2026-01-01T00:00Z", ["2026-01-01T00:05Z", "2026-01-01T00:30Z", "2026-01-01T00:55Z"]],
    ["0 0 13 * 5", "UTC", "2026-02-01T00:00Z", ["2026-02-06T00:00Z", "2026-02-13T00:00Z", "2026-02-20T00:00Z"]],
    ["0 0 */10 * *", "UTC", "2026-01-02T00:00Z", ["2026-01-11T00:00Z", "2026-01-21T00:00Z", "2026-01-31T00:00Z"]],
    ["@weekly", "UTC", "2026-01-01T00:00Z", ["2026-01-04T00:00Z", "2026-01-11T00:00Z", "2026-01-18T00:00Z"]],
    ["@every 1h30m", "UTC", "2026-01-01T00:00Z", ["2026-01-01T01:30Z", "2026-01-01T03:00Z", "2026-01-01T04:30Z"]],
    ["CRON_TZ=Asia/Kolkata 0 6 * * *", "UTC", "2026-01-01T00:00Z", [
      "2026-01-01T00:30Z",
      "2026-01-02T00:30Z",
      "2026-01-03T00:30Z"
    ]],
    ["0 0 30 2 *", "UTC", "2026-01-01T00:00Z", []]
  ])("%s in %s", (text, zone, after, expected) => {
    expect(times(text, zone, after)).toEqual(expected)
  })

  it.each([
    ["skips what clocks skip", "30 2 * * *", "2026-03-07T08:00Z", [
      "2026-03-09T06:30Z",
      "2026-03-10T06:30Z",
      "2026-03-11T06:30Z"
    ]],
    ["is due twice where clocks repeat", "30 1 * * *", "2026-10-31T06:00Z", [
      "2026-11-01T05:30Z",
      "2026-11-01T06:30Z",
      "2026-11-02T06:30Z"
    ]],
    ["of each hour is due every hour in autumn", "0 * * * *", "2026-11-01T04:30Z", [
      "2026-11-01T05:00Z",
      "2026-11-01T06:00Z",
      "2026-11-01T07:00Z"
    ]],
    ["of each hour is due every hour in spring", "0 * * * *", "2026-03-08T05:30Z", [
      "2026-03-08T06:00Z",
      "2026-03-08T07:00Z",
      "2026-03-08T08:00Z"
    ]],
    ["of once a year is due twice when that is a repeated hour", "30 1 1 11 *", "2026-10-01T00:00Z", [
      "2026-11-01T05:30Z",
      "2026-11-01T06:30Z",
      "2027-11-01T05:30Z"
    ]]
  ])("in New York %s", (_, text, after, expected) => {
    expect(times(text, "America/New_York", after)).toEqual(expected)
  })

  it.each([
    ["0 0 * * 7", "write 0 for Sunday"],
    ["0 0 L * *", '"L" is not a valid day of month'],
    ["0 0 * * * *", "6 fields"],
    ["61 * * * *", '"61" is not a valid minute: write 0 to 59'],
    ["0 0 1-0 * *", "not a valid day of month"],
    ["@sometimes", "choose @yearly"],
    ["@every 10ms", "a second or more"],
    ["TZ=Mars/Base 0 0 * * *", 'no time zone "Mars/Base"'],
    ["", "1 fields"]
  ])("%s is refused", (text, says) => {
    expect(() => parseSchedule(text)).toThrow(BadSchedule)
    expect(() => parseSchedule(text)).toThrow(says)
  })

  it("agrees with a clock that is looked at every minute, whatever the zone does", () => {
    const random = makeRandom(7)
    const pick = <A>(list: ReadonlyArray<A>): A => list[Math.floor(random() * list.length)]!
    // Days on which the clocks of these zones are changed, by an hour or by half of one.
    const places = [
      ["America/New_York", "2026-03-07T12:00Z"],
      ["America/New_York", "2026-10-31T12:00Z"],
      ["Europe/Berlin", "2026-03-28T12:00Z"],
      ["Europe/Berlin", "2026-10-24T12:00Z"],
      ["Australia/Lord_Howe", "2026-04-04T00:00Z"],
      ["Australia/Lord_Howe", "2026-10-03T00:00Z"],
      ["UTC", "2026-03-28T12:00Z"]
    ] as const
    for (let round = 0; round < 40; round++) {
      const [zone, day] = pick(places)
      const [minute, hour] = [pick([0, 15, 30, 45, "*/30", "*/7"]), pick(["*", "*/2", 0, 1, 2, 3, "1-3"])]
      const schedule = parseSchedule(`${minute} ${hour} * * *`, zone)
      const [from, until] = [at(day), at(day) + 36 * 3_600_000]
      const seen: Array<number> = []
      for (let now = from + 60_000; now <= until; now += 60_000) {
        const wall = new Date(now + offsetAt(zone, now))
        if (fits(minute, wall.getUTCMinutes()) && fits(hour, wall.getUTCHours())) seen.push(now)
      }
      const told: Array<number> = []
      for (let next = schedule.next(from); next !== undefined && next <= until; next = schedule.next(next)) {
        told.push(next)
      }
      expect(told, `${minute} ${hour} in ${zone} from ${day}`).toEqual(seen)
      expect(latestOf([schedule], from, until)).toBe(seen.at(-1))
    }
  })
})

const fits = (field: number | string, value: number): boolean => {
  if (typeof field === "number") return field === value
  if (field === "*") return true
  if (field.startsWith("*/")) return value % Number(field.slice(2)) === 0
  const [from, to] = field.split("-").map(Number)
  return value >= from! && value <= to!
}

describe("Several schedules", () => {
  const both = [parseSchedule("0 6 * * *", "UTC"), parseSchedule("0 18 * * *", "UTC")]

  it("are due when any of them is", () => {
    expect(nextOf(both, at("2026-01-01T07:00Z"))).toBe(at("2026-01-01T18:00Z"))
    expect(nextOf([], 0)).toBeUndefined()
  })

  it("tell the last instant of a long absence", () => {
    expect(latestOf(both, at("2020-01-01T00:00Z"), at("2026-01-01T07:00Z"))).toBe(at("2026-01-01T06:00Z"))
    expect(latestOf(both, at("2026-01-01T06:00Z"), at("2026-01-01T17:59Z"))).toBeUndefined()
    expect(latestOf([parseSchedule("* * * * *", "UTC")], 0, at("2026-01-01T07:00Z"))).toBe(at("2026-01-01T07:00Z"))
  })
})

it.each(["constructor", "toString", "__proto__"])("A schedule called %s is none", (text) => {
  expect(() => parseSchedule(text, "UTC")).toThrow(BadSchedule)
})
