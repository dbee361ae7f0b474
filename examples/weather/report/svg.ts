/**
 * The few shapes the charts are made of. Charts are 360 units wide,
 * which is a phone, so that text is never smaller than written here.
 */
import { escape } from "./words.ts"

/** From values to places. */
export type Scale = (value: number) => number

/** The straight scale that takes `from` to the places `to`. */
export const linear = (from: readonly [number, number], to: readonly [number, number]): Scale => (value) =>
  to[0] + (value - from[0]) / (from[1] - from[0]) * (to[1] - to[0])

/** A place as SVG writes it: one digit after the point is a tenth of a pixel. */
export const place = (value: number): string => String(Math.round(value * 10) / 10)

/** Text at a point. */
export const text = (
  x: number,
  y: number,
  content: string,
  options: { readonly anchor?: "start" | "middle" | "end"; readonly kind?: string } = {}
): string => {
  const { anchor = "start", kind = "label" } = options
  return `<text x="${place(x)}" y="${place(y)}" text-anchor="${anchor}" class="${kind}">${escape(content)}</text>`
}

/** A straight line. */
export const line = (x1: number, y1: number, x2: number, y2: number, kind: string): string =>
  `<line x1="${place(x1)}" y1="${place(y1)}" x2="${place(x2)}" y2="${place(y2)}" class="${kind}"/>`

/** A rectangle, with a sentence shown when it is pointed at. */
export const bar = (
  at: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  kind: string,
  says: string
): string =>
  `<rect x="${place(at.x)}" y="${place(at.y)}" width="${place(at.width)}" height="${place(at.height)}" ` +
  `class="${kind}"><title>${escape(says)}</title></rect>`

/** A point, with a sentence shown when it is pointed at. */
export const dot = (x: number, y: number, kind: string, says: string): string =>
  `<circle cx="${place(x)}" cy="${place(y)}" r="3.5" class="${kind}"><title>${escape(says)}</title></circle>`

/** Lines across the chart with their values at the left. */
export const rules = (
  values: ReadonlyArray<number>,
  y: Scale,
  { left, right }: { readonly left: number; readonly right: number },
  words: (value: number) => string
): string =>
  values.map((value) =>
    line(left, y(value), right, y(value), value === 0 ? "axis" : "rule") +
    text(left - 5, y(value) + 4, words(value), { anchor: "end" })
  ).join("")

/** A chart with its title, read aloud as `says`. */
export const chart = (title: string, says: string, height: number, body: string): string =>
  `<figure><figcaption>${escape(title)}</figcaption>` +
  `<svg viewBox="0 0 360 ${height}" role="img" aria-label="${escape(says)}">${body}</svg></figure>`
