/**
 * Shows a graph on a canvas, and moves it. What takes long to paint is moved as a picture, and painted anew once it
 * stands still.
 *
 * Owns: the view (where, how large), whether it has to be drawn again. Does not own: what is drawn.
 *
 * Invariants
 * - It is drawn at most once a frame, and only after something changed.
 */
import { tokensOf } from "../parts/colors.ts"
import { box } from "./layout.ts"
import type { GraphVertex } from "./model.ts"
import { paint } from "./paint.ts"
import { boundsOf, type Drawn, type Sight } from "./sight.ts"

/** A picture that took long to paint, with the view that it was painted for. */
interface Sketch {
  readonly image: HTMLCanvasElement
  readonly scale: number
  readonly x: number
  readonly y: number
}

/** What takes longer than this, in milliseconds, is not painted anew for each frame of a movement. */
const slow = 32
/** How long it must not be moved to stand still, in milliseconds. */
const stillAfter = 120

/** The canvas. */
export class Scenery {
  readonly #canvas: HTMLCanvasElement
  #drawn: Drawn | undefined
  #scale = 1
  #x = 0
  #y = 0
  #frame = 0
  /** What was painted last, where that took long. */
  #sketch: Sketch | undefined
  #isMoving = false
  #rest: ReturnType<typeof setTimeout> | undefined
  /** Is called after each time it was drawn. */
  onDrawn: () => void = () => {}

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas
  }

  /** Shows something else; `fit` chooses the view anew. */
  show(drawn: Drawn, fit: boolean): void {
    this.#drawn = drawn
    this.#sketch = undefined
    if (fit) this.fit()
    this.dirty()
  }

  /** Shows all of it. */
  fit(): void {
    const size = this.#drawn && boundsOf(this.#drawn)
    const { clientHeight: tall, clientWidth: wide } = this.#canvas
    if (size === undefined || wide === 0) return
    const [width, height] = [size.right - size.left, size.bottom - size.top]
    const whole = Math.min(1.1, Math.max(0.02, Math.min((wide - 48) / width, (tall - 48) / height)))
    // A small graph is to be read from its beginning rather than seen as a whole.
    const isRead = whole < 0.55 && this.#drawn!.graph.vertices.length <= 60
    this.#scale = isRead ? 0.8 : whole
    this.#x = (isRead ? 16 : (wide - width * this.#scale) / 2) - size.left * this.#scale
    this.#y = (tall - height * this.#scale) / 2 - size.top * this.#scale
    this.dirty()
  }

  /** What is drawn, and the part of it that is in sight. */
  get sight(): Sight | undefined {
    const drawn = this.#drawn
    const bounds = drawn === undefined ? undefined : boundsOf(drawn)
    if (drawn === undefined || bounds === undefined) return undefined
    const { clientHeight: tall, clientWidth: wide } = this.#canvas
    const [left, top] = [-this.#x / this.#scale, -this.#y / this.#scale]
    return { drawn, bounds, left, top, right: left + wide / this.#scale, bottom: top + tall / this.#scale }
  }

  /** Brings a place of the graph into the middle. */
  center(x: number, y: number): void {
    const { clientHeight: tall, clientWidth: wide } = this.#canvas
    this.#x = wide / 2 - x * this.#scale
    this.#y = tall / 2 - y * this.#scale
    this.#moved()
  }

  /** Moves the view. */
  pan(x: number, y: number): void {
    this.#x += x
    this.#y += y
    this.#moved()
  }

  /** Makes it larger or smaller around a point of the canvas. */
  zoom(factor: number, x = this.#canvas.clientWidth / 2, y = this.#canvas.clientHeight / 2): void {
    const scale = Math.min(2.5, Math.max(0.02, this.#scale * factor))
    this.#x = x - (x - this.#x) * (scale / this.#scale)
    this.#y = y - (y - this.#y) * (scale / this.#scale)
    this.#scale = scale
    this.#moved()
  }

  /** Brings a vertex into sight. */
  reveal(id: string): void {
    const { graph, laid: { places } = {} } = this.#drawn ?? {}
    const at = graph?.vertices.findIndex((it) => it.id === id) ?? -1
    if (at < 0) return
    const { clientHeight: tall, clientWidth: wide } = this.#canvas
    const [x, y] = [places![at * 2]! * this.#scale + this.#x, places![at * 2 + 1]! * this.#scale + this.#y]
    if (x > 0 && y > 0 && x + box.width * this.#scale < wide && y + box.height * this.#scale < tall) return
    this.pan(wide / 2 - x - (box.width * this.#scale) / 2, tall / 2 - y - (box.height * this.#scale) / 2)
  }

  /** The vertex at a point of the canvas. */
  at(x: number, y: number): GraphVertex | undefined {
    const { graph, laid: { places } = {} } = this.#drawn ?? {}
    const [left, top] = [(x - this.#x) / this.#scale, (y - this.#y) / this.#scale]
    return graph?.vertices.find((_, at) => {
      const [dx, dy] = [left - places![at * 2]!, top - places![at * 2 + 1]!]
      return dx >= 0 && dy >= 0 && dx <= box.width && dy <= box.height
    })
  }

  /** Has it drawn with the next frame. */
  dirty(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0
      this.#draw()
      this.onDrawn()
    })
  }

  /** Ends it. */
  end(): void {
    cancelAnimationFrame(this.#frame)
    clearTimeout(this.#rest)
  }

  #draw(): void {
    const drawn = this.#drawn
    const canvas = this.#canvas
    const context = canvas.getContext("2d")
    if (drawn === undefined || context === null) return
    const ratio = devicePixelRatio
    const [wide, tall] = [canvas.clientWidth, canvas.clientHeight]
    if (canvas.width !== wide * ratio || canvas.height !== tall * ratio) {
      canvas.width = wide * ratio
      canvas.height = tall * ratio
      this.#sketch = undefined
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.clearRect(0, 0, wide, tall)
    if (this.#isMoving && this.#sketch !== undefined) return this.#drawSketch(context, this.#sketch)
    context.setTransform(ratio * this.#scale, 0, 0, ratio * this.#scale, ratio * this.#x, ratio * this.#y)
    const { sight } = this
    if (sight === undefined) return
    const began = performance.now()
    paint({ context, colors: tokensOf(canvas), scale: this.#scale }, drawn, sight)
    // What the browser does with it comes after this; the next frame comes when that is done.
    requestAnimationFrame(() => this.#painted(performance.now() - began))
  }

  /** Keeps what took long to paint, to move that instead. */
  #painted(took: number): void {
    this.#sketch = undefined
    if (took < slow || this.#canvas.width === 0) return
    const image = document.createElement("canvas")
    image.width = this.#canvas.width
    image.height = this.#canvas.height
    image.getContext("2d")!.drawImage(this.#canvas, 0, 0)
    this.#sketch = { image, scale: this.#scale, x: this.#x, y: this.#y }
  }

  #drawSketch(context: CanvasRenderingContext2D, { image, scale, x, y }: Sketch): void {
    const times = this.#scale / scale
    const ratio = devicePixelRatio
    context.drawImage(
      image,
      this.#x - x * times,
      this.#y - y * times,
      (image.width / ratio) * times,
      (image.height / ratio) * times
    )
  }

  /** It is moved, and is painted anew once it stands still. */
  #moved(): void {
    this.#isMoving = true
    clearTimeout(this.#rest)
    this.#rest = setTimeout(() => {
      this.#isMoving = false
      if (this.#sketch !== undefined) this.dirty()
    }, stillAfter)
    this.dirty()
  }
}
