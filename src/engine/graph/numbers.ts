/** A number for each child of a graph. */

/** Numbers by index. */
export type Numbers = Array<number> | Int32Array | Uint8Array

/** Up to here a list is smaller than a typed array, which takes 200 bytes by itself. */
const few = 32

/** So many zeros. */
export const zeros = (size: number, large: new (size: number) => Int32Array | Uint8Array): Numbers =>
  size <= few ? new Array<number>(size).fill(0) : new large(size)
