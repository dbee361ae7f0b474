/** The whole graph in small, with the part that is in sight; it comes when not all is. Dragging moves that part. */
import { useEffect, useRef } from "preact/hooks"
import { tokensOf } from "../parts/colors.ts"
import { toneOf, tones } from "../parts/tones.ts"
import { box } from "./layout.ts"
import type { Scenery } from "./Scenery.ts"
import type { Drawn, Sight } from "./sight.ts"

const [wide, tall] = [180, 110]

/** How the graph lies on the map. */
const fitOf = ({ bounds: { bottom, left, right, top } }: Sight) => {
  const scale = Math.min((wide - 8) / (right - left), (tall - 8) / (bottom - top))
  return {
    scale,
    x: (wide - (right - left) * scale) / 2 - left * scale,
    y: (tall - (bottom - top) * scale) / 2 - top * scale
  }
}

const sharp = (canvas: HTMLCanvasElement): CanvasRenderingContext2D => {
  canvas.width = wide * devicePixelRatio
  canvas.height = tall * devicePixelRatio
  const context = canvas.getContext("2d")!
  context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
  return context
}

const drawAll = (canvas: HTMLCanvasElement, color: (name: string) => string, sight: Sight): void => {
  const context = sharp(canvas)
  const { graph, laid: { places } } = sight.drawn
  const { scale, x, y } = fitOf(sight)
  graph.vertices.forEach(({ node }, at) => {
    const name = node === undefined ? "idle" : tones[toneOf(node.phase, node.waiting)] ?? "idle"
    context.fillStyle = color(`${name}-fill`)
    context.fillRect(
      places[at * 2]! * scale + x,
      places[at * 2 + 1]! * scale + y,
      Math.max(1, box.width * scale),
      Math.max(1, box.height * scale)
    )
  })
}

const isWhole = ({ bottom, bounds, left, right, top }: Sight): boolean =>
  left <= bounds.left && top <= bounds.top && right >= bounds.right && bottom >= bounds.bottom

/** The map of what a scenery shows. */
export const GraphMap = ({ scenery }: { readonly scenery: Scenery }) => {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const all = document.createElement("canvas")
    let known: Drawn | undefined
    scenery.onDrawn = () => {
      const map = canvas.current!
      const sight = scenery.sight
      map.hidden = sight === undefined || isWhole(sight)
      if (sight === undefined || map.hidden) return
      const color = tokensOf(map)
      if (known !== sight.drawn) drawAll(all, color, sight)
      known = sight.drawn
      const context = sharp(map)
      context.drawImage(all, 0, 0, wide, tall)
      const { scale, x, y } = fitOf(sight)
      const [left, top] = [Math.max(1, sight.left * scale + x), Math.max(1, sight.top * scale + y)]
      const [right, bottom] = [
        Math.min(wide - 1, sight.right * scale + x),
        Math.min(tall - 1, sight.bottom * scale + y)
      ]
      context.strokeStyle = color("accent")
      context.lineWidth = 2
      context.strokeRect(left, top, Math.max(3, right - left), Math.max(3, bottom - top))
    }
    scenery.dirty()
    return () => void (scenery.onDrawn = () => {})
  }, [scenery])
  const go = (event: PointerEvent): void => {
    const sight = scenery.sight
    if (sight === undefined) return
    const { scale, x, y } = fitOf(sight)
    scenery.center((event.offsetX - x) / scale, (event.offsetY - y) / scale)
  }
  return (
    <canvas
      ref={canvas}
      class="graph-map"
      role="img"
      aria-label="The whole graph in small, with the part that is shown"
      hidden
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        go(event)
      }}
      onPointerMove={(event) => {
        if (event.buttons > 0) go(event)
      }}
    />
  )
}
