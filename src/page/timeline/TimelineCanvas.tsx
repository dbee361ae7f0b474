/** The canvas of a timeline: it is moved by scrolling, made larger around a point, and tells what was clicked. */
import { type Signal, useSignal } from "@preact/signals"
import { useEffect, useRef } from "preact/hooks"
import { theme } from "../state/settings.ts"
import { counted } from "../state/words.ts"
import { axisHeight, drawBars, type DrawnBars, endRoom, rowHeight, xOf } from "./Bars.ts"
import type { Part, Row } from "./rows.ts"

/** What is in sight. */
export interface TimeView {
  readonly zoom: number
  readonly left: number
  readonly top: number
  readonly wide: number
}

const namesIn = (wide: number): number => Math.min(220, wide * 0.34)

/** A view that can be moved. */
export const useTimeView = () => {
  const view = useSignal<TimeView>({ zoom: 1, left: 0, top: 0, wide: 0 })
  const move = (by: number): void => {
    const { left, wide, zoom } = view.value
    view.value = { ...view.value, left: Math.max(0, Math.min(left + by, (zoom - 1) * wide)) }
  }
  const zoom = (factor: number, x = view.value.wide / 2): void => {
    const { left, wide, zoom: before } = view.value
    const names = namesIn(wide)
    const times = Math.max(1, Math.min(500, before * factor))
    const next = (left + x - names) * (times / before) - (x - names)
    view.value = { ...view.value, zoom: times, left: Math.max(0, Math.min(next, (times - 1) * wide)) }
  }
  const range = (from: number, to: number): void => {
    const times = Math.max(1, Math.min(500, 1 / Math.max(1e-6, to - from)))
    const left = Math.max(0, from) * roomIn(view.value.wide) * times
    view.value = { ...view.value, zoom: times, left: Math.min(left, (times - 1) * view.value.wide) }
  }
  return { view, move, zoom, range, reset: () => void (view.value = { ...view.value, zoom: 1, left: 0 }) }
}

/** How wide the whole time is when it is not made larger. */
const roomIn = (wide: number): number => Math.max(1, wide - namesIn(wide) - endRoom)

/** The part of the time that is in sight: its beginning and end, from 0 to 1. */
export const seenIn = ({ left, wide, zoom }: TimeView): readonly [from: number, to: number] => {
  const all = roomIn(wide) * zoom
  return [left / all, Math.min(1, (left + roomIn(wide)) / all)]
}

interface Props {
  readonly rows: ReadonlyArray<Row>
  readonly parts: ReadonlyArray<Part>
  readonly chosen: string
  readonly critical: ReadonlySet<string>
  readonly view: Signal<TimeView>
  readonly move: (by: number) => void
  readonly zoom: (factor: number, x?: number) => void
  /** Shows a part of the time, from 0 to 1. */
  readonly range: (from: number, to: number) => void
  readonly onChoose: (row: Row) => void
  /** A fold was clicked; it begins there. */
  readonly onUnfold: (from: number) => void
}

/** The canvas. */
export const TimelineCanvas = (
  { chosen, critical, move, onChoose, onUnfold, parts, range, rows, view, zoom }: Props
) => {
  const canvas = useRef<HTMLCanvasElement>(null)
  const brush = useSignal<readonly [from: number, to: number] | undefined>(undefined)
  const begun = useRef<number>(undefined)
  const scroller = useRef<HTMLDivElement>(null)
  const drawn: DrawnBars = { rows, parts, chosen, critical, ...view.value, names: namesIn(view.value.wide) }
  useEffect(() => {
    if (view.value.wide > 0) drawBars(canvas.current!, drawn)
  }, [rows, parts, view.value, chosen, critical, theme.value])
  useEffect(() => {
    const box = canvas.current!
    const watch = new ResizeObserver(() => void (view.value = { ...view.value, wide: box.clientWidth }))
    watch.observe(box)
    const wheel = (event: WheelEvent): void => {
      event.preventDefault()
      if (event.ctrlKey || event.metaKey) return zoom(Math.exp(-event.deltaY / 200), event.offsetX)
      move(event.deltaX)
      scroller.current!.scrollTop += event.deltaY
    }
    box.addEventListener("wheel", wheel, { passive: false })
    return () => watch.disconnect()
  }, [])
  useEffect(() => {
    const at = rows.findIndex(({ node }) => node.path === chosen) * rowHeight
    const box = scroller.current!
    if (at >= 0 && (at < box.scrollTop || at + rowHeight > box.scrollTop + box.clientHeight)) {
      box.scrollTop = at - box.clientHeight / 2
    }
  }, [chosen])
  const pull = (event: PointerEvent): void => {
    const from = begun.current
    if (from === undefined || (brush.value === undefined && Math.abs(event.offsetX - from) < 6)) return
    brush.value = [Math.min(from, event.offsetX), Math.max(from, event.offsetX)]
  }
  const leave = (): void => {
    begun.current = undefined
    if (brush.value === undefined) return
    const { left, wide, zoom: times } = view.value
    const placeAt = (x: number): number => (x - namesIn(wide) + left) / (roomIn(wide) * times)
    range(placeAt(brush.value[0]), placeAt(brush.value[1]))
    // The click that ends it chooses nothing.
    setTimeout(() => void (brush.value = undefined))
  }
  const click = (event: MouseEvent): void => {
    if (brush.value !== undefined) return
    if (event.offsetY >= axisHeight) {
      const row = rows[Math.floor((event.offsetY - axisHeight + view.value.top) / rowHeight)]
      if (row !== undefined) onChoose(row)
      return
    }
    const isNear = ({ from, to }: Part): boolean =>
      Math.abs(event.offsetX - xOf(drawn, view.value.wide, (from + to) / 2)) < 24
    const fold = parts.find((it) => it.isFold && isNear(it))
    if (fold !== undefined) onUnfold(fold.from)
  }
  return (
    <div class="timeline-place">
      <canvas
        ref={canvas}
        role="img"
        aria-label={`Timeline of ${counted(rows.length, "node")}; the tree has the same`}
        onClick={click}
        onPointerDown={(event) => {
          if (event.button === 0 && event.offsetX > namesIn(view.value.wide)) {
            begun.current = event.offsetX
            event.currentTarget.setPointerCapture(event.pointerId)
          }
        }}
        onPointerMove={pull}
        onPointerUp={leave}
        onPointerCancel={leave}
      />
      {brush.value !== undefined && (
        <div class="brush" style={{ left: `${brush.value[0]}px`, width: `${brush.value[1] - brush.value[0]}px` }} />
      )}
      <div
        class="timeline-scroll"
        ref={scroller}
        tabIndex={-1}
        onScroll={(event) => void (view.value = { ...view.value, top: event.currentTarget.scrollTop })}
      >
        <div style={{ height: `${rows.length * rowHeight + 8}px` }} />
      </div>
    </div>
  )
}
