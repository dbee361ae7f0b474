/**
 * Where the vertices of a graph stand: in layers by the longest way to them, ordered so that few lines cross, each near
 * those it is joined with. Pure; linear in vertices and edges but for sorting.
 */

/** The size of a vertex and the room around it. */
export const box = { width: 176, height: 42, across: 72, between: 16 } as const

/** More in one layer stand in several columns. */
const tall = 60

/** With more vertices than this, long lines take no detour around what lies between. */
const few = 400

/** Where everything is. */
export interface Layout {
  /** Places of the upper left corners: x and y of each vertex in turn. */
  readonly places: Float32Array
  /** Points, x and y in turn, through which the line of an edge goes; by the place of the edge. */
  readonly routes: ReadonlyMap<number, ReadonlyArray<number>>
}

/** Lays a graph out; `edges` are pairs of places. */
export const layout = (count: number, edges: Int32Array): Layout => {
  const [next, before] = neighbours(count, edges)
  const layer = layersOf(count, next, before)
  const wide = count <= few
    ? detours(edges, layer)
    : { count, edges, layer, through: new Map<number, ReadonlyArray<number>>() }
  const [after, ahead] = wide.count === count ? [next, before] : neighbours(wide.count, wide.edges)
  const rows: Array<Array<number>> = []
  for (let at = 0; at < wide.count; at++) (rows[wide.layer[at]!] ??= []).push(at)
  order(rows, after, ahead)
  const places = placed(wide.count, rows, after, ahead)
  const point = (at: number): ReadonlyArray<number> => [places[at * 2]!, places[at * 2 + 1]! + box.height / 2]
  return {
    places: places.slice(0, count * 2),
    routes: new Map([...wide.through].map(([edge, stops]) => [edge, stops.flatMap(point)]))
  }
}

/** Stops for edges that pass layers, one in each, so that these leave room for the line. */
const detours = (edges: Int32Array, layer: Int32Array) => {
  const [layers, pairs] = [[...layer], [] as Array<number>]
  const through = new Map<number, ReadonlyArray<number>>()
  for (let at = 0; at < edges.length; at += 2) {
    const [from, to] = [edges[at]!, edges[at + 1]!]
    const stops: Array<number> = []
    for (let one = layer[from]! + 1; one < layer[to]!; one++) {
      stops.push(layers.length)
      layers.push(one)
    }
    const way = [from, ...stops, to]
    for (let one = 1; one < way.length; one++) pairs.push(way[one - 1]!, way[one]!)
    if (stops.length > 0) through.set(at / 2, stops)
  }
  return { count: layers.length, edges: Int32Array.from(pairs), layer: Int32Array.from(layers), through }
}

type Lists = ReadonlyArray<ReadonlyArray<number>>

const neighbours = (count: number, edges: Int32Array): readonly [Lists, Lists] => {
  const next = Array.from({ length: count }, (): Array<number> => [])
  const before = Array.from({ length: count }, (): Array<number> => [])
  for (let at = 0; at < edges.length; at += 2) {
    next[edges[at]!]!.push(edges[at + 1]!)
    before[edges[at + 1]!]!.push(edges[at]!)
  }
  return [next, before]
}

/** The longest way to each; what lies on a cycle, which cannot be, stays where it was found. */
const layersOf = (count: number, next: Lists, before: Lists): Int32Array => {
  const layer = new Int32Array(count)
  const open = Int32Array.from(before, (it) => it.length)
  const ready: Array<number> = []
  for (let at = 0; at < count; at++) if (open[at] === 0) ready.push(at)
  for (let at = 0; at < ready.length; at++) {
    for (const to of next[ready[at]!]!) {
      layer[to] = Math.max(layer[to]!, layer[ready[at]!]! + 1)
      if (--open[to]! === 0) ready.push(to)
    }
  }
  return layer
}

/** Sweeps there and back: each stands at the mean place of those it is joined with. */
const order = (rows: Array<Array<number>>, next: Lists, before: Lists): void => {
  const place = new Float64Array(next.length)
  const number = (row: ReadonlyArray<number>): void => row.forEach((it, at) => void (place[it] = at))
  for (const row of rows) number(row)
  for (let sweep = 0; sweep < 4; sweep++) {
    const isDown = sweep % 2 === 0
    const sides = isDown ? before : next
    for (const row of isDown ? rows : rows.toReversed()) {
      const mean = new Map(row.map((it) => [it, meanOf(sides[it]!, place) ?? place[it]!]))
      row.sort((a, b) => mean.get(a)! - mean.get(b)! || a - b)
      number(row)
    }
  }
}

const meanOf = (of: ReadonlyArray<number>, place: Float64Array): number | undefined => {
  if (of.length === 0) return undefined
  let sum = 0
  for (const it of of) sum += place[it]!
  return sum / of.length
}

const step = box.height + box.between

const placed = (
  count: number,
  rows: ReadonlyArray<ReadonlyArray<number>>,
  next: Lists,
  before: Lists
): Float32Array => {
  const y = new Float64Array(count)
  for (const row of rows) row.forEach((it, at) => void (y[it] = (at - (row.length - 1) / 2) * step))
  if (count <= 4_000) {
    for (let sweep = 0; sweep < 8; sweep++) {
      straighten(sweep % 2 === 0 ? rows : rows.toReversed(), sweep % 2 === 0 ? before : next, y)
    }
  }
  const places = new Float32Array(count * 2)
  let x = 0
  for (const row of rows) {
    const columns = row.length <= tall
      ? 1
      : Math.ceil(row.length / Math.max(tall, Math.ceil(Math.sqrt(row.length) * 1.8)))
    const high = Math.ceil(row.length / columns)
    row.forEach((it, at) => {
      places[it * 2] = x + Math.floor(at / high) * (box.width + box.between)
      places[it * 2 + 1] = columns === 1 ? y[it]! : ((at % high) - (high - 1) / 2) * step
    })
    x += columns * (box.width + box.between) - box.between + box.across
  }
  return places
}

/** Moves each row towards what it is joined with, in order and without overlap. */
const straighten = (rows: ReadonlyArray<ReadonlyArray<number>>, sides: Lists, y: Float64Array): void => {
  for (const row of rows) {
    const wanted = row.map((it) => meanOf(sides[it]!, y) ?? y[it]!)
    const placed: Array<number> = []
    wanted.forEach((it, at) => placed.push(at === 0 ? it : Math.max(it, placed[at - 1]! + step)))
    // What was pushed down as a whole goes back by the mean of the push.
    let from = 0
    for (let at = 1; at <= row.length; at++) {
      if (at < row.length && placed[at]! <= placed[at - 1]! + step + 0.01) continue
      let push = 0
      for (let one = from; one < at; one++) push += placed[one]! - wanted[one]!
      const back = Math.min(push / (at - from), from === 0 ? Infinity : placed[from]! - placed[from - 1]! - step)
      for (let one = from; one < at; one++) placed[one]! -= back
      from = at
    }
    row.forEach((it, at) => void (y[it] = placed[at]!))
  }
}
