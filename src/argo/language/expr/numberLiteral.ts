const largest = 2n ** 63n - 1n

/** The value of a number literal: a bigint for an integer, a number for a float; `undefined` when it is too large. */
export const numberLiteral = (text: string): bigint | number | undefined => {
  const digits = text.replaceAll("_", "")
  if (/^0[xXbBoO]/.test(digits) || /^\d+$/.test(digits)) {
    const value = BigInt(digits)
    return value > largest ? undefined : value
  }
  const value = Number(digits)
  return Number.isFinite(value) ? value : undefined
}
