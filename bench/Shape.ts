/** The graphs that are measured, as pure data: every contestant builds the same ones. */

/**
 * A chain; nodes side by side; the same as the items of one map;
 * layers of 100 nodes that each need two of the layer above.
 */
export type ShapeName = "chain" | "wide" | "mapped" | "layered"

/** Nodes in one layer of a layered graph. */
export const layerWidth = 100

const above = (index: number): ReadonlyArray<number> => {
  const layer = Math.floor(index / layerWidth)
  if (layer === 0) return []
  const start = (layer - 1) * layerWidth
  const column = index % layerWidth
  return [start + column, start + (column + 1) % layerWidth]
}

const needs: Readonly<Record<ShapeName, (index: number) => ReadonlyArray<number>>> = {
  chain: (index) => index === 0 ? [] : [index - 1],
  wide: () => [],
  mapped: () => [],
  layered: above
}

/** The nodes that node `index` needs, by index; always smaller ones. */
export const needsOf = (shape: ShapeName, index: number): ReadonlyArray<number> => needs[shape](index)

/**
 * How deep the last node lies: what the last node gives when each node gives one more than the largest value it needs.
 */
export const depthOf = (shape: ShapeName, nodes: number): number => {
  if (shape === "chain") return nodes - 1
  return shape === "layered" ? Math.ceil(nodes / layerWidth) - 1 : 0
}

/** The value a node works on, from the values it needs. */
export const inputFrom = (values: ReadonlyArray<number>): number => values.length === 0 ? 0 : Math.max(...values) + 1

/** Nodes by depth; those of one depth may run at the same time. */
export const levelsOf = (shape: ShapeName, nodes: number): ReadonlyArray<ReadonlyArray<number>> => {
  const depths: Array<number> = []
  const levels: Array<Array<number>> = []
  for (let index = 0; index < nodes; index++) {
    const depth = inputFrom(needsOf(shape, index).map((need) => depths[need]!))
    depths.push(depth)
    ;(levels[depth] ??= []).push(index)
  }
  return levels
}
