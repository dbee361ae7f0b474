/** The whole time in small, with the part that is in sight: dragging chooses a part, or moves the one that is there. */
import type { Signal } from "@preact/signals"
import { useEffect, useRef } from "preact/hooks"
import { tokensOf } from "../parts/colors.ts"
import { theme } from "../state/settings.ts"
import { type Part, placeIn, type Row } from "./rows.ts"
import { seenIn, type TimeView } from "./TimelineCanvas.tsx"

interface Props {
  readonly rows: ReadonlyArray<Row>
  readonly parts: ReadonlyArray<Part>
  readonly view: Signal<TimeView>
  readonly range: (from: number, to: number) => void
  readonly reset: () => void
}

const fills: Readonly<Record<string, string>> = {
  permit: "wait-fill",
  retry: "bad-fill",
  waiting: "ask-fill",
  gone: "idle-fill"
}

const tones: ReadonlyArray<string> = [...Object.values(fills), "bad-fill", "good-fill", "now-fill"]

/** A picture of all rows, of the size that another canvas has. */
const picture = (canvas: HTMLCanvasElement, { parts, rows }: Props): HTMLCanvasElement => {
  const image = document.createElement("canvas")
  const context = image.getContext("2d")!
  const ratio = devicePixelRatio
  const [wide, tall] = [canvas.clientWidth, canvas.clientHeight]
  image.width = wide * ratio
  image.height = tall * ratio
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  const color = tokensOf(canvas)
  // One line for many rows: what is alike is drawn once for each place.
  const lines = Math.min(rows.length, tall - 4)
  const height = Math.max(1, Math.min(4, (tall - 4) / Math.max(1, lines) - 0.5))
  const drawn = new Set<number>()
  rows.forEach(({ node: { phase }, stretches }, at) => {
    const line = Math.floor((at / rows.length) * lines)
    for (const { doing, from, to } of stretches) {
      const x = Math.floor(placeIn(parts, from) * wide)
      const width = Math.max(1, Math.round(placeIn(parts, to) * wide) - x)
      const isBad = phase === "Failed" || phase === "Error"
      const fill = fills[doing] ?? (isBad ? "bad-fill" : phase === "Succeeded" ? "good-fill" : "now-fill")
      const place = ((line * wide + x) * (wide + 1) + width) * 8 + tones.indexOf(fill)
      if (drawn.has(place)) continue
      drawn.add(place)
      context.fillStyle = color(fill)
      context.fillRect(x, 2 + line * ((tall - 4) / lines), width, height)
    }
  })
  return image
}

/** Draws that picture with the part that is in sight. */
const draw = (canvas: HTMLCanvasElement, image: HTMLCanvasElement, view: TimeView): void => {
  const context = canvas.getContext("2d")!
  const [wide, tall] = [canvas.clientWidth, canvas.clientHeight]
  canvas.width = image.width
  canvas.height = image.height
  if (image.width > 0) context.drawImage(image, 0, 0)
  context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
  const color = tokensOf(canvas)
  const [from, to] = seenIn(view)
  if (to - from > 0.999) return
  context.fillStyle = color("surface")
  context.globalAlpha = 0.72
  context.fillRect(0, 0, from * wide, tall)
  context.fillRect(to * wide, 0, wide, tall)
  context.globalAlpha = 1
  context.strokeStyle = color("accent")
  context.lineWidth = 2
  context.strokeRect(from * wide + 1, 1, Math.max(3, (to - from) * wide - 2), tall - 2)
}

const percent = (share: number): string => `${Math.round(share * 100)} %`

interface Drag {
  /** Where it began, from 0 to 1. */
  readonly at: number
  /** The part that is moved; none when another one is chosen. */
  readonly seen: readonly [number, number] | undefined
}

/** The map. */
export const TimeMap = (props: Props) => {
  const { parts, range, reset, rows, view } = props
  const canvas = useRef<HTMLCanvasElement>(null)
  const drag = useRef<Drag>(undefined)
  const image = useRef<HTMLCanvasElement>(undefined)
  const { wide } = view.value
  useEffect(() => void (image.current = picture(canvas.current!, props)), [rows, parts, wide, theme.value])
  useEffect(() => draw(canvas.current!, image.current!, view.value), [rows, parts, view.value, theme.value])
  const seen = seenIn(view.value)
  const placeOf = (event: PointerEvent): number => event.offsetX / canvas.current!.clientWidth
  const move = (event: PointerEvent): void => {
    if (drag.current === undefined) return
    const { at, seen } = drag.current
    const to = placeOf(event)
    if (seen === undefined) {
      if (Math.abs(to - at) > 0.004) range(Math.min(at, to), Math.max(at, to))
      return
    }
    const by = Math.max(-seen[0], Math.min(1 - seen[1], to - at))
    range(seen[0] + by, seen[1] + by)
  }
  return (
    <canvas
      ref={canvas}
      class="time-map"
      role="img"
      aria-label={`The whole time, of which ${percent(seen[0])} to ${percent(seen[1])} is shown`}
      title="Drag to show a part, double click to show all"
      onPointerDown={(event) => {
        const at = placeOf(event)
        drag.current = { at, seen: seen[1] - seen[0] < 0.999 && at >= seen[0] && at <= seen[1] ? seen : undefined }
        event.currentTarget.setPointerCapture(event.pointerId)
      }}
      onPointerMove={move}
      onPointerUp={() => void (drag.current = undefined)}
      onPointerCancel={() => void (drag.current = undefined)}
      onDblClick={reset}
    />
  )
}
