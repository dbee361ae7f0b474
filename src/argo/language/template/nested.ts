type Branch = { [name: string]: string | null | Branch }

/** Dotted names as nested records; where a name is both a text and a prefix of others, the record wins. */
export const nested = (flat: ReadonlyMap<string, string | null>): Readonly<Record<string, unknown>> => {
  const root = branch()
  for (const [name, text] of flat) put(root, name.split("."), text)
  return root
}

/** Without a prototype, so that no name means anything but itself. */
const branch = (): Branch => Object.create(null)

const put = (root: Branch, names: ReadonlyArray<string>, text: string | null): void => {
  let at = root
  for (const name of names.slice(0, -1)) {
    const next = at[name]
    at = typeof next === "object" && next !== null ? next : at[name] = branch()
  }
  const last = names.at(-1)!
  const there = at[last]
  if (typeof there !== "object" || there === null) at[last] = text
}
