/** State that can be put back as it was, for tests of a server that has forgotten what it acknowledged. */

// deno-lint-ignore no-explicit-any -- keys are of any type, and what is put back is what was there
type AnyMap = Map<any, unknown>

/** Remembers what maps hold; the answer puts it back, once. Rows are immutable, so only what holds them is copied. */
export const savedMaps = (...maps: ReadonlyArray<AnyMap>): () => void => {
  const saved = maps.map((map) => copied(map) as AnyMap)
  return () => {
    for (const [at, map] of maps.entries()) {
      map.clear()
      for (const [key, value] of saved[at]!) map.set(key, value)
    }
  }
}

const copied = (value: unknown): unknown => {
  if (value instanceof Map) return new Map([...value].map(([key, it]) => [key, copied(it)]))
  if (value instanceof Set) return new Set(value)
  return Array.isArray(value) ? [...value] : value
}
