/** Order statistics. */

/** The value below which the share `q` (0 to 1) of the samples lies; throws without samples. */
export const quantile = (samples: ReadonlyArray<number>, q: number): number => {
  if (samples.length === 0) throw new Error("There are no samples")
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)]!
}

/** The middle sample, or the mean of the two in the middle. */
export const median = (samples: ReadonlyArray<number>): number => {
  const sorted = samples.toSorted((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half]! : (quantile(sorted, 0.5) + sorted[half]!) / 2
}

/** Three significant digits. */
export const rounded = (value: number): number => Number(value.toPrecision(3))
