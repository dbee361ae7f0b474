/** The text of one template of a manifest, as its author wrote it. Pure. */

const indentOf = (line: string): number => line.length - line.trimStart().length

const isBlank = (line: string): boolean => /^\s*(?:#.*)?$/.test(line)

/** The items of the lists of templates of a YAML text, as their lines. */
const itemsIn = (lines: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> => {
  const items: Array<Array<string>> = []
  lines.forEach((line, at) => {
    if (!/^\s*templates:\s*(?:#.*)?$/.test(line)) return
    const own: Array<Array<string>> = []
    let dash: number | undefined
    for (const next of lines.slice(at + 1)) {
      const deep = indentOf(next)
      const isItem = next.trimStart().startsWith("- ")
      if (!isBlank(next)) {
        if (dash === undefined ? !isItem || deep < indentOf(line) : deep < dash || (deep === dash && !isItem)) break
        dash ??= deep
        if (isItem && deep === dash) own.push([])
      }
      own.at(-1)?.push(next)
    }
    items.push(...own)
  })
  return items
}

/** The template of a name, without the indentation that it has there; `undefined` where it is not. */
export const templateIn = (text: string, name: string): string | undefined => {
  const isNamed = (item: ReadonlyArray<string>): boolean => {
    const keys = indentOf(item[0]!) + /-\s+/.exec(item[0]!)![0].length
    return item.some((line, at) => {
      const own = at === 0 ? line.replace("-", " ") : line
      const found = /^\s*name:\s*(["']?)(.*?)\1\s*(?:#.*)?$/.exec(own)
      return found !== null && indentOf(own) === keys && found[2] === name
    })
  }
  const item = itemsIn(text.split("\n")).find(isNamed)
  if (item === undefined) return undefined
  const deep = indentOf(item[0]!)
  return item.map((line) => line.slice(Math.min(deep, indentOf(line)))).join("\n").trimEnd()
}
