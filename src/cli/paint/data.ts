/** Values for programs: JSON, or YAML. */

/** The value as text in a format. */
export const dataText = async (value: unknown, format: "json" | "yaml"): Promise<string> => {
  if (format === "json") return JSON.stringify(value, null, 2)
  const { stringify } = await import("yaml")
  return stringify(value).trimEnd()
}
