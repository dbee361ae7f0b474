/**
 * Draws rows of stretches on a canvas: those in sight, at most once a frame.
 *
 * Owns: whether it has to be drawn again. Does not own: what is drawn, nor the view.
 */
import type { Stretch } from "../../view/timeline.ts"
import { duration } from "../state/words.ts"
import { tokensOf } from "../parts/colors.ts"
import { type Part, placeIn, type Row } from "./rows.ts"

/** The height of a row. */
export const rowHeight = 24
/** The height of the axis. */
export const axisHeight = 26

/** What is left free beyond the end, for what is written there. */
export const endRoom = 70

/** What is drawn. */
export interface DrawnBars {
  readonly rows: ReadonlyArray<Row>
  readonly parts: ReadonlyArray<Part>
  readonly chosen: string
  readonly critical: ReadonlySet<string>
  /** How far it is scrolled down. */
  readonly top: number
  /** How many times as wide as its place it is, and how far it is moved to the left. */
  readonly zoom: number
  readonly left: number
  /** How wide the names are. */
  readonly names: number
}

/** The place of an instant on the canvas. */
export const xOf = ({ left, names, parts, zoom }: DrawnBars, wide: number, at: number): number =>
  names + placeIn(parts, at) * (wide - names - endRoom) * zoom - left

const doings: Readonly<Record<Stretch["doing"], string>> = {
  running: "now-fill",
  permit: "wait-fill",
  retry: "bad-fill",
  waiting: "ask-fill",
  gone: "idle-fill"
}

/** Draws it. */
export const drawBars = (canvas: HTMLCanvasElement, drawn: DrawnBars): void => {
  const context = canvas.getContext("2d")!
  const ratio = devicePixelRatio
  const [wide, tall] = [canvas.clientWidth, canvas.clientHeight]
  if (canvas.width !== wide * ratio || canvas.height !== tall * ratio) {
    canvas.width = wide * ratio
    canvas.height = tall * ratio
  }
  const color = tokensOf(canvas)
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, wide, tall)
  context.textBaseline = "middle"
  const first = Math.max(0, Math.floor(drawn.top / rowHeight))
  const last = Math.min(drawn.rows.length, Math.ceil((drawn.top + tall) / rowHeight))
  context.save()
  context.beginPath()
  context.rect(0, axisHeight, wide, tall)
  context.clip()
  for (let at = first; at < last; at++) {
    const row = drawn.rows[at]!
    const y = axisHeight + at * rowHeight - drawn.top
    if (row.node.path === drawn.chosen) {
      context.fillStyle = color("chosen")
      context.fillRect(0, y, wide, rowHeight)
    }
    drawRow(context, drawn, row, y, wide, color)
  }
  context.restore()
  drawAxis(context, drawn, wide, tall, color)
}

const drawRow = (
  context: CanvasRenderingContext2D,
  drawn: DrawnBars,
  { node, stretches }: Row,
  y: number,
  wide: number,
  color: (name: string) => string
): void => {
  context.save()
  context.beginPath()
  context.rect(drawn.names, y, wide - drawn.names, rowHeight)
  context.clip()
  let end = drawn.names
  for (const { doing, from, to } of stretches) {
    const x = xOf(drawn, wide, from)
    const width = Math.max(2, xOf(drawn, wide, to) - x)
    end = x + width
    if (end < drawn.names || x > wide) continue
    const ended = node.phase === "Succeeded"
      ? "good-fill"
      : node.phase === "Failed" || node.phase === "Error"
      ? "bad-fill"
      : "now-fill"
    context.fillStyle = color(doing === "running" ? (node.finishedAt > 0 ? ended : doings.running) : doings[doing])
    if (doing === "running") {
      context.beginPath()
      context.roundRect(x, y + 5, width, rowHeight - 10, 3)
      context.fill()
      if (drawn.critical.has(node.path)) {
        context.strokeStyle = color("ink")
        context.lineWidth = 1.5
        context.stroke()
      }
    } else pattern(context, doing, x, y, width)
  }
  const { from } = stretches[0]!
  context.fillStyle = color("ink-2")
  context.font = `11px ${color("font")}`
  context.fillText(duration(stretches.at(-1)!.to - from), end + 6, y + rowHeight / 2)
  context.restore()
  context.fillStyle = color("ink")
  context.font = `12.5px ${color("font")}`
  context.save()
  context.beginPath()
  context.rect(0, y, drawn.names - 10, rowHeight)
  context.clip()
  context.fillText(node.name, wide > 900 ? 24 : 16, y + rowHeight / 2)
  context.restore()
}

/**
 * Told apart by more than their colour: stripes for permits, points for retries, a cross for what was cut off, a line
 * for other waits.
 */
const pattern = (
  context: CanvasRenderingContext2D,
  doing: Stretch["doing"],
  x: number,
  y: number,
  width: number
): void => {
  const [top, height] = [y + 6, rowHeight - 12]
  context.save()
  context.beginPath()
  context.rect(x, top, width, height)
  context.clip()
  context.globalAlpha = 0.28
  context.fillRect(x, top, width, height)
  context.globalAlpha = 1
  context.strokeStyle = context.fillStyle
  context.lineWidth = 1.5
  context.beginPath()
  if (doing === "permit") {
    for (let at = x - height; at < x + width; at += 6) {
      context.moveTo(at, top + height)
      context.lineTo(at + height, top)
    }
  } else if (doing === "gone") {
    context.moveTo(x, top)
    context.lineTo(x + width, top + height)
    context.moveTo(x, top + height)
    context.lineTo(x + width, top)
  } else if (doing === "retry") {
    context.setLineDash([2, 4])
    context.moveTo(x, top + height / 2)
    context.lineTo(x + width, top + height / 2)
  } else {
    context.moveTo(x, top + height / 2)
    context.lineTo(x + width, top + height / 2)
  }
  context.stroke()
  context.restore()
}

const steps = [
  1,
  2,
  5,
  10,
  20,
  50,
  100,
  200,
  500,
  1_000,
  2_000,
  5_000,
  10_000,
  30_000,
  60_000,
  120_000,
  300_000,
  600_000,
  1_800_000
]

const drawAxis = (
  context: CanvasRenderingContext2D,
  drawn: DrawnBars,
  wide: number,
  tall: number,
  color: (name: string) => string
): void => {
  const { from } = drawn.parts[0]!
  const shown = drawn.parts.filter(({ isFold }) => !isFold)
  const millis = shown.reduce((sum, it) => sum + it.to - it.from, 0)
  const wanted = (millis / drawn.zoom / Math.max(1, wide - drawn.names)) * 90
  const step = steps.find((it) => it >= wanted) ?? Math.ceil(wanted / 3_600_000) * 3_600_000
  context.fillStyle = color("sunken")
  context.fillRect(0, 0, wide, axisHeight)
  context.font = `11px ${color("font")}`
  for (const part of drawn.parts) {
    if (part.isFold) {
      const [x, to] = [xOf(drawn, wide, part.from), xOf(drawn, wide, part.to)]
      if (to < drawn.names) continue
      context.fillStyle = color("idle-soft")
      context.fillRect(x, 0, to - x, tall)
      context.fillStyle = color("ink-2")
      context.textAlign = "center"
      context.fillText("⋯", (x + to) / 2, axisHeight / 2)
      context.textAlign = "start"
      continue
    }
    for (let at = Math.ceil((part.from - from) / step) * step; at <= part.to - from; at += step) {
      const x = xOf(drawn, wide, from + at)
      if (x < drawn.names - 1 || x > wide - 40) continue
      context.strokeStyle = color("line")
      context.lineWidth = 1
      context.beginPath()
      context.moveTo(Math.round(x) + 0.5, axisHeight)
      context.lineTo(Math.round(x) + 0.5, tall)
      context.globalCompositeOperation = "destination-over"
      context.stroke()
      context.globalCompositeOperation = "source-over"
      context.fillStyle = color("ink-3")
      context.fillText(at === 0 ? "0" : duration(at), x + 4, axisHeight / 2)
    }
  }
}
