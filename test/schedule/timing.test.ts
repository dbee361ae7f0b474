/** When schedules are due, on the clocks of every zone. */
import process from "node:process"
import { describe, expect, it } from "vitest"
import { calendar, cron, custom, every, type When } from "../../mod.ts"
import { makeRandom } from "../../src/testing/World.ts"
import { BadTiming, nextWall, readPattern } from "../../src/schedule/pattern.ts"
import { between, latest, timingOf, timingOfAll } from "../../src/schedule/timing.ts"
import { offsetAt } from "../../src/schedule/zone.ts"

const day = 86_400_000
const at = (iso: string): number => Date.parse(iso)

/** The instants of a span, without what is always zero. */
const times = (when: When, from: string, until: string): ReadonlyArray<string> =>
  between(timingOf(when), at(from) - 1, at(until) - 1).map((it) => new Date(it).toISOString().replace(":00.000Z", "Z"))

describe("Clocks that change", () => {
  it.each([
    ["30 2 * * *", "America/New_York", "2026-03-08T05:00Z", "2026-03-09T04:00Z", ["2026-03-08T07:00Z"]],
    ["30 1 * * *", "America/New_York", "2026-11-01T04:00Z", "2026-11-02T05:00Z", ["2026-11-01T05:30Z"]],
    ["0 * * * *", "America/New_York", "2026-11-01T05:00Z", "2026-11-01T08:00Z", [
      "2026-11-01T05:00Z",
      "2026-11-01T06:00Z",
      "2026-11-01T07:00Z"
    ]],
    ["0,30 1-2 * * *", "America/New_York", "2026-11-01T04:00Z", "2026-11-02T05:00Z", [
      "2026-11-01T05:00Z",
      "2026-11-01T05:30Z",
      "2026-11-01T07:00Z",
      "2026-11-01T07:30Z"
    ]],
    ["15 2 * * *", "Australia/Lord_Howe", "2026-10-03T13:30Z", "2026-10-04T13:00Z", ["2026-10-03T15:30Z"]],
    ["30 2 * * *", "Antarctica/Troll", "2026-03-29T00:00Z", "2026-03-29T22:00Z", ["2026-03-29T01:00Z"]],
    ["0 12 * * *", "Pacific/Apia", "2011-12-30T00:00Z", "2011-12-31T00:00Z", [
      "2011-12-30T10:00Z",
      "2011-12-30T22:00Z"
    ]],
    ["0 0 31 2 *", "UTC", "2026-01-01T00:00Z", "2030-01-01T00:00Z", []]
  ])("%s in %s", (pattern, zone, from, until, expected) => {
    expect(times(cron(pattern, { zone }), from, until)).toEqual(expected)
  })

  it("are read as the author says, where the author says so", () => {
    const twice = cron("30 1 * * *", { zone: "America/New_York", dst: { skipped: "never", repeated: "both" } })
    expect(times(twice, "2026-11-01T04:00Z", "2026-11-02T05:00Z")).toEqual(["2026-11-01T05:30Z", "2026-11-01T06:30Z"])
  })
})

/** All years in the long tests; else for each zone one of them, and a year that is the same for all. */
const yearsOf = (zone: number): ReadonlyArray<number> => {
  const all = Array.from({ length: 41 }, (_, n) => 2000 + n)
  return process.env["PINNACE_TEST_LONG"] === undefined ? [...new Set([2026, all[zone * 17 % 41]!])] : all
}

it("S4: in every zone, a time of the day is due once from noon to noon, whatever clocks do in between, 2000 to 2040", {
  timeout: 1_200_000
}, () => {
  const wrong: Array<string> = []
  let changes = 0
  for (const [place, zone] of Intl.supportedValuesOf("timeZone").entries()) {
    for (const year of yearsOf(place)) {
      const [from, until] = [at(`${year}-01-01T12:00Z`), at(`${year + 1}-01-01T12:00Z`)]
      for (let noon = from; noon < until; noon += 5 * day) {
        const [before, after] = [offsetAt(zone, noon), offsetAt(zone, noon + 5 * day)]
        if (before === after && noon > from) continue
        changes += before === after ? 0 : 1
        for (const hour of before === after ? [2] : [0, 2, 23]) {
          const found = between(timingOf(cron(`30 ${hour} * * *`, { zone })), noon - before, noon - after + 5 * day)
          if (found.length !== 5 || found.some((it, index) => index > 0 && it <= found[index - 1]!)) {
            wrong.push(`${zone}, ${hour}:30 after ${new Date(noon).toISOString()}: ${found.length} times in 5 days`)
          }
        }
      }
    }
  }
  expect(wrong).toEqual([])
  expect(changes).toBeGreaterThan(200)
})

it("S5: hours follow elapsed time, where clocks are changed by whole hours", () => {
  for (const zone of ["Europe/Berlin", "America/New_York", "Antarctica/Troll", "Asia/Beirut", "Africa/Casablanca"]) {
    const found = between(timingOf(cron("0 * * * *", { zone })), at("2026-01-01T00:00Z"), at("2027-01-01T00:00Z"))
    expect(new Set(found.map((it, index) => it - (found[index - 1] ?? it - 3_600_000)))).toEqual(new Set([3_600_000]))
  }
})

describe("Patterns", () => {
  const random = makeRandom(11)
  const upTo = (most: number): number => Math.floor(random() * (most + 1))

  /** A field, and which numbers it means. */
  const draw = (least: number, most: number): { text: string; any: boolean; has: (it: number) => boolean } => {
    const [one, other] = [least + upTo(most - least), least + upTo(most - least)].toSorted((a, b) => a - b)
    const step = 2 + upTo(5)
    switch (upTo(5)) {
      case 0:
        return { text: String(one), any: false, has: (it) => it === one }
      case 1:
        return { text: `${one},${other}`, any: false, has: (it) => it === one || it === other }
      case 2:
        return { text: `${one}-${other}`, any: false, has: (it) => it >= one! && it <= other! }
      case 3:
        return { text: `${one}/${step}`, any: false, has: (it) => it >= one! && (it - one!) % step === 0 }
      case 4:
        return { text: `*/${step}`, any: false, has: (it) => (it - least) % step === 0 }
      default:
        return { text: upTo(1) === 0 ? "*" : "?", any: true, has: () => true }
    }
  }

  it("are due at the minutes that a look at each minute finds", () => {
    for (let round = 0; round < 150; round++) {
      const [minute, hour, date, month, weekday] = [draw(0, 59), draw(0, 23), draw(1, 31), draw(1, 12), draw(0, 6)]
      const text = [minute, hour, date, month, weekday].map((it) => it.text).join(" ")
      const pattern = readPattern(text, "")
      const isDue = (at: number): boolean => {
        const it = new Date(at)
        const days = [date.has(it.getUTCDate()), weekday.has(it.getUTCDay())]
        const isDay = date.any || weekday.any ? days[0]! && days[1]! : days[0]! || days[1]!
        return isDay && month.has(it.getUTCMonth() + 1) && hour.has(it.getUTCHours()) && minute.has(it.getUTCMinutes())
      }
      const from = at("2024-01-01T00:00Z") + upTo(400) * day + upTo(1_439) * 60_000 + upTo(1) * 30_000
      const next = nextWall(pattern, from)
      if (next !== undefined) expect([text, isDue(next)]).toEqual([text, true])
      const until = Math.min(next ?? Infinity, from + 8 * day)
      for (let it = Math.floor(from / 60_000 + 1) * 60_000; it < until; it += 60_000) {
        if (isDue(it)) throw new Error(`${text} is due at ${new Date(it).toISOString()}`)
      }
    }
  })

  it.each([
    ["0 0 29 2 *", "2096-03-01T00:00Z", "2104-02-29T00:00Z"],
    ["0 0 31 2 *", "2026-01-01T00:00Z", undefined],
    ["59 23 31 12 *", "2026-12-31T23:58Z", "2026-12-31T23:59Z"],
    ["0 0 * JAN-Mar Mon", "2026-03-31T00:00Z", "2027-01-04T00:00Z"]
  ])("%s after %s", (text, after, expected) => {
    expect(nextWall(readPattern(text, ""), at(after))).toBe(expected === undefined ? undefined : at(expected))
  })
})

describe("Other timings", () => {
  it("every counts from 1970, moved by its offset", () => {
    expect(times(every("6 hours", { offset: "15 minutes" }), "2026-01-01T00:00Z", "2026-01-01T12:00Z")).toEqual([
      "2026-01-01T00:15Z",
      "2026-01-01T06:15Z"
    ])
  })

  it("a calendar is due where all of its fields hold", () => {
    const close = calendar({ day: "last", hour: 18 }, { zone: "America/New_York" })
    expect(times(close, "2026-01-01T00:00Z", "2026-04-15T00:00Z")).toEqual([
      "2026-01-31T23:00Z",
      "2026-02-28T23:00Z",
      "2026-03-31T22:00Z"
    ])
    const friday13 = calendar({ day: 13, weekday: "fri", hour: [6, 12] })
    expect(times(friday13, "2026-01-01T00:00Z", "2026-12-31T00:00Z")).toEqual([
      "2026-02-13T06:00Z",
      "2026-02-13T12:00Z",
      "2026-03-13T06:00Z",
      "2026-03-13T12:00Z",
      "2026-11-13T06:00Z",
      "2026-11-13T12:00Z"
    ])
  })

  it("a function tells what it likes, as long as time goes on", () => {
    const days = custom("days", (after) => new Date(after.getTime() + day))
    expect(times(days, "2026-01-01T00:00:00.001Z", "2026-01-03T12:00Z")).toEqual([
      "2026-01-02T00:00Z",
      "2026-01-03T00:00Z"
    ])
    expect(timingOf(custom("stuck", (after) => after)).next(0)).toBeUndefined()
  })

  it("several are one", () => {
    const both = timingOfAll([timingOf(every("2 hours")), timingOf(every("3 hours"))])
    expect(between(both, 0, 8 * 3_600_000).map((it) => it / 3_600_000)).toEqual([2, 3, 4, 6, 8])
    expect(latest(both, 0, 8 * 3_600_000, 2).map((it) => it / 3_600_000)).toEqual([6, 8])
  })

  it.each([
    [cron("30 2 * * 7"), "7 is not a day of the week: write 0 for Sunday"],
    [cron("0 0 * *"), "4 fields"],
    [cron("0 24 * * *"), '"24" is not a valid hour: write 0 to 23'],
    [cron("0 0 * foo *"), '"foo" is not a valid month: write 1 to 12, or jan to dec'],
    [cron("0 0 5-1 * *"), '"5-1" is not a valid day of month'],
    [cron("*/0 0 * * *"), '"*/0" is not a valid minute'],
    [cron("@every 1h"), 'or every("90 minutes")'],
    [cron("0 0 * * *", { zone: "EST5" }), 'there is no time zone "EST5"'],
    [every("10 millis"), "write a second or more"],
    [calendar({ hour: 24 }), "the hour of calendar() is 24: write 0 to 23"],
    [calendar({ weekday: "friday" as "fri" }), 'the weekday of calendar() is "friday"']
  ])("%o is refused", (when, says) => {
    expect(() => timingOf(when)).toThrow(BadTiming)
    expect(() => timingOf(when)).toThrow(says)
  })
})
