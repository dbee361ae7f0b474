/** How warmth follows light: each month at its length of day and its temperature. */
import type { Comparison } from "../statistics.ts"
import { chart, dot, line, linear, place, rules, text } from "./svg.ts"
import { degrees, fixed, monthNames } from "./words.ts"

const frame = { left: 34, right: 352, top: 12, bottom: 240 }
const x = linear([8, 17], [frame.left, frame.right])
const y = linear([0, 25], [frame.bottom, frame.top])

type Point = readonly [x: number, y: number]

/** A closed smooth curve through points (Catmull-Rom as Bézier). */
const loop = (points: ReadonlyArray<Point>): string => {
  const at = (index: number): Point => points[(index + points.length) % points.length]!
  const control = (here: Point, before: Point, after: Point, sign: number): string =>
    `${place(here[0] + sign * (after[0] - before[0]) / 6)} ${place(here[1] + sign * (after[1] - before[1]) / 6)}`
  const parts = points.map((here, index) => {
    const next = at(index + 1)
    const first = control(here, at(index - 1), next, 1)
    const second = control(next, here, at(index + 2), -1)
    return `C${first} ${second} ${place(next[0])} ${place(next[1])}`
  })
  return `<path d="M${place(at(0)[0])} ${place(at(0)[1])}${parts.join("")}" class="loop"/>`
}

/** Labels stand outside of the loop: after midsummer above it, before midsummer below. July is at the bend. */
const label = ([px, py]: Point, month: number): string => {
  const isAbove = month >= 6 && month <= 11
  const isLeft = isAbove && month !== 6
  return text(px + (isLeft ? -7 : 8), py + (isAbove ? -6 : 13), monthNames[month]!, {
    anchor: isLeft ? "end" : "start",
    kind: "note"
  })
}

/** The year as a loop. */
export const seasons = ({ daylight, temperatures }: Comparison): string => {
  const points = temperatures.map((value, month): Point => [x(daylight[month]!), y(value)])
  const hours = [8, 10, 12, 14, 16].map((value) =>
    line(x(value), frame.bottom, x(value), frame.bottom + 4, "axis") +
    text(x(value), frame.bottom + 16, `${value} h`, { anchor: "middle" })
  )
  const dots = points.map(([px, py], month) =>
    dot(
      px,
      py,
      "month",
      `${monthNames[month]}: ${fixed(daylight[month]!)} h of daylight, ${degrees(temperatures[month]!)}`
    )
  )
  const body = [
    rules([0, 5, 10, 15, 20, 25], y, frame, (value) => `${value}`),
    ...hours,
    text(frame.right, frame.bottom + 32, "hours from sunrise to sunset", { anchor: "end" }),
    loop(points),
    ...dots,
    ...points.map(label)
  ]
  const says =
    "Mean temperature of each month against its length of day: autumn is warmer than spring at the same light"
  return chart("Warmth follows light, mean °C", says, 278, body.join(""))
}
