/**
 * Keys with holes: `"{run}/{node}/{name}"`. What is filled in can neither leave its segment nor make the key invalid.
 */

const hole = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g

/** What fills the holes: a string is one segment, an array one segment for each item. */
export type KeyValues = Readonly<Record<string, string | number | ReadonlyArray<string>>>

/**
 * The names of a template's holes, and what is wrong with the
 * template, if anything. `{{` and `}}` stand for single braces.
 */
export const parseKeyTemplate = (
  template: string
): { readonly names: ReadonlyArray<string>; readonly problem: string | undefined } => {
  const names: Array<string> = []
  let problem: string | undefined
  for (const { 0: text, 1: name } of template.matchAll(hole)) {
    if (name !== undefined && /^\w[\w.-]*$/.test(name)) names.push(name)
    else if (text !== "{{" && text !== "}}") problem ??= `${text} is not a name in braces; write {{ or }} for a brace`
  }
  return { names, problem }
}

/**
 * Fills a template that `parseKeyTemplate` finds no fault with. In values `/`, `\`, `%`, control characters and lone
 * surrogates are written as `%XX`, as are the dots of `.` and `..` and the colon of a drive; an empty value becomes
 * `%`. So only length can make the key invalid. Throws when a name has no value.
 */
export const fillKeyTemplate = (template: string, values: KeyValues): string =>
  template.replace(hole, (text: string, name: string | undefined) => {
    if (name === undefined) return text.slice(1)
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    if (value === undefined) throw new Error(`The key template has no value for {${name}}`)
    return (Array.isArray(value) ? value : [String(value)]).map(escapeSegment).join("/")
  })

const percent = (character: string): string => `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`

/** Text of any kind as one segment of a key, reversible but for lone surrogates. */
export const escapeSegment = (text: string): string => {
  if (text === "") return "%"
  if (text === "." || text === "..") return text.replaceAll(".", "%2e")
  if (/^[A-Za-z]:$/.test(text)) return text.replace(":", "%3a")
  // deno-lint-ignore no-control-regex
  return text.toWellFormed().replace(/[\u0000-\u001f\u007f\\/%\ufffe\uffff]/g, percent)
}
