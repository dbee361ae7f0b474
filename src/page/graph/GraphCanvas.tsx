/** The canvas of a graph: it is moved by dragging and scrolling, and tells what was clicked. */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks"
import { theme } from "../state/settings.ts"
import type { GraphVertex } from "./model.ts"
import { Scenery } from "./Scenery.ts"
import type { Drawn } from "./sight.ts"

interface Props {
  readonly drawn: Drawn | undefined
  readonly label: string
  /** Whether it stands in a page that is scrolled: then it leaves that to it. */
  readonly isEmbedded?: boolean
  readonly onChoose: (vertex: GraphVertex) => void
  readonly onToggle: (vertex: GraphVertex) => void
  /** Is handed what moves the view. */
  readonly onReady: (scenery: Scenery) => void
}

/** The canvas. */
export const GraphCanvas = ({ drawn, isEmbedded = false, label, onChoose, onReady, onToggle }: Props) => {
  const canvas = useRef<HTMLCanvasElement>(null)
  const scenery = useRef<Scenery>(undefined)
  const isFitted = useRef(false)
  const drag = useRef<{ readonly x: number; readonly y: number; readonly moved: boolean }>(undefined)
  useLayoutEffect(() => {
    const own = new Scenery(canvas.current!)
    scenery.current = own
    onReady(own)
    const watch = new ResizeObserver(() => own.dirty())
    watch.observe(canvas.current!)
    const wheel = (event: WheelEvent): void => {
      if (isEmbedded && !event.ctrlKey && !event.metaKey) return
      event.preventDefault()
      if (event.ctrlKey || event.metaKey) own.zoom(Math.exp(-event.deltaY / 200), event.offsetX, event.offsetY)
      else own.pan(-event.deltaX, -event.deltaY)
    }
    canvas.current!.addEventListener("wheel", wheel, { passive: false })
    return () => {
      watch.disconnect()
      own.end()
    }
  }, [])
  useLayoutEffect(() => {
    if (drawn === undefined) return
    scenery.current!.show(drawn, !isFitted.current)
    isFitted.current = true
  }, [drawn, theme.value])
  useEffect(() => scenery.current!.reveal(drawn?.chosen ?? ""), [drawn?.chosen])
  const vertexAt = (event: MouseEvent) => scenery.current!.at(event.offsetX, event.offsetY)
  const move = (event: PointerEvent & { readonly currentTarget: HTMLCanvasElement }): void => {
    const from = drag.current
    if (from === undefined) {
      event.currentTarget.classList.toggle("over", vertexAt(event) !== undefined)
      return
    }
    if (!from.moved && Math.hypot(event.clientX - from.x, event.clientY - from.y) <= 4) return
    scenery.current!.pan(event.clientX - from.x, event.clientY - from.y)
    drag.current = { x: event.clientX, y: event.clientY, moved: true }
  }
  return (
    <canvas
      ref={canvas}
      role="img"
      aria-label={label}
      aria-busy={drawn === undefined}
      onPointerDown={(event) => {
        drag.current = { x: event.clientX, y: event.clientY, moved: false }
        event.currentTarget.setPointerCapture(event.pointerId)
      }}
      onPointerMove={move}
      onPointerUp={(event) => {
        const from = drag.current
        drag.current = undefined
        const vertex = vertexAt(event)
        if (from?.moved === false && vertex !== undefined) onChoose(vertex)
      }}
      onDblClick={(event) => {
        const vertex = vertexAt(event)
        if (vertex !== undefined) onToggle(vertex)
      }}
    />
  )
}
