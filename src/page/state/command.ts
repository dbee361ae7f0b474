/** Command lines whose words mean what they say, also where one of them begins with a dash. Pure. */

/** An option by its name, as `--message`, with its value if it takes one. */
export type Option = readonly [name: string, value?: string]

/** The words of a command: the verb, what it is about, options. */
export const commandOf = (
  verb: ReadonlyArray<string>,
  about: ReadonlyArray<string>,
  options: ReadonlyArray<Option> = []
): ReadonlyArray<string> => {
  const said = options.flatMap(wordsOf)
  return about.some(isDashed) ? [...verb, ...said, "--", ...about] : [...verb, ...about, ...said]
}

const isDashed = (word: string): boolean => word.startsWith("-")

const wordsOf = ([name, value]: Option): ReadonlyArray<string> => {
  if (value === undefined) return [name]
  if (!isDashed(value)) return [name, value]
  return [name.startsWith("--") ? `${name}=${value}` : `${name}${value}`]
}

/** The options that give named values. */
export const parametersOf = (values: Readonly<Record<string, string>>): ReadonlyArray<Option> =>
  Object.entries(values).map(([name, value]) => ["-p", `${name}=${value}`])
