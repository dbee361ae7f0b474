/**
 * The imports of a source text of JavaScript or TypeScript. Pure, and without a parser: it knows comments, strings,
 * templates and regular expressions, and looks at the words between them.
 */

/** What a source text imports. */
export interface Imports {
  /** Names as they are written, each once; those that are only types are left out. */
  readonly names: ReadonlyArray<string>
  /** Those without which the file is not loaded; the others are asked for while it runs, and may be absent. */
  readonly needed: ReadonlyArray<string>
  /** Whether something is imported by a name that is computed. */
  readonly computed: boolean
}

interface Token {
  readonly kind: "word" | "text" | "mark"
  readonly value: string
}

/** The imports of a text. */
export const importsOf = (source: string): Imports => {
  // Most files of data, and many of types, have none.
  if (!/\b(?:import|from|require|createRequire)\b/.test(source)) return noImports
  const { isWhole, tokens } = tokensOf(source)
  const loaders = loadersIn(tokens)
  const names = new Set<string>()
  const needed = new Set<string>()
  let computed = false
  for (let at = 0; at < tokens.length; at++) {
    const found = importAt(tokens, at, loaders)
    if (found === undefined) continue
    if (found.name === undefined) computed = true
    else names.add(found.name)
    if (found.name !== undefined && found.isNeeded === true) needed.add(found.name)
  }
  // Without a parser an expression can be taken for the beginning of a template: all that may be an import counts then.
  for (const [, name] of isWhole ? [] : source.matchAll(anyImport)) names.add(name!)
  return { names: [...names], needed: [...needed], computed }
}

const anyImport = /\b(?:from|import|require)\s*\(?\s*["'`]([^"'`\n$]+)["'`]/g

/** Those of a file that imports nothing. */
export const noImports: Imports = { names: [], needed: [], computed: false }

interface Found {
  readonly isNeeded?: boolean
  readonly name: string | undefined
}

const importAt = (tokens: ReadonlyArray<Token>, at: number, loaders: Loaders): Found | undefined => {
  const { kind, value } = tokens[at]!
  if (kind !== "word") return undefined
  if (value === "resolve" && isResolving(tokens, at, loaders)) return called(tokens, at, value)
  if (loaders.makers.has(value) && tokens[at + 1]?.value === "(") return called(tokens, closing(tokens, at + 1), value)
  if (isMember(tokens, at)) return undefined
  // Whoever it is given to may load anything.
  if (loaders.names.has(value) && isPassed(tokens, at)) return { name: undefined }
  if (loaders.names.has(value) || value === "import") {
    const next = tokens[at + 1]
    if (next?.value === "(" && next.kind === "mark") return called(tokens, at, value)
    if (value === "import" && next?.kind === "text") return { name: next.value, isNeeded: true }
  }
  if (value === "URL" && isBeside(tokens, at)) return { name: tokens[at + 2]!.value }
  const name = tokens[at + 1]
  return value === "from" && name?.kind === "text" && !isOfTypes(tokens, at)
    ? { name: name.value, isNeeded: true }
    : undefined
}

/** After one dot; three of them spread. */
const isMember = (tokens: ReadonlyArray<Token>, at: number): boolean =>
  tokens[at - 1]?.value === "." && tokens[at - 2]?.value !== "."

/** `import.meta.resolve("./a.ts")` and `require.resolve("./a.ts")` lead to files that are read or loaded. */
const isResolving = (tokens: ReadonlyArray<Token>, at: number, { names }: Loaders): boolean => {
  const of = tokens[at - 2]?.value ?? ""
  return isMember(tokens, at) && (of === "meta" || names.has(of)) && tokens[at + 1]?.value === "("
}

/** What loads files in a text: `require`, what `createRequire` gave, and other names of both. */
interface Loaders {
  readonly names: ReadonlySet<string>
  readonly makers: ReadonlySet<string>
}

const loadersIn = (tokens: ReadonlyArray<Token>): Loaders => {
  const [names, makers] = [new Set(["require"]), new Set(["createRequire"])]
  tokens.forEach(({ kind, value }, at) => {
    if (kind !== "word") return
    const after = tokens[at + 1]?.value ?? ""
    const other = tokens[at + 2]
    if (makers.has(value) && (after === "as" || after === ":") && other?.kind === "word") makers.add(other.value)
    const isLoader = makers.has(value) ? after === "(" : names.has(value) && after !== "(" && after !== "."
    const name = isLoader ? assignedName(tokens, at) : undefined
    if (name !== undefined) names.add(name)
  })
  return { names, makers }
}

/** `r` in `const r: Require = module.createRequire`. */
const assignedName = (tokens: ReadonlyArray<Token>, at: number): string | undefined => {
  let before = at - 1
  while (tokens[before]?.value === ".") before -= 2
  if (tokens[before]?.value !== "=") return undefined
  for (let name = before - 1; name >= Math.max(0, before - 12); name--) {
    if (["const", "let", "var"].includes(tokens[name]!.value)) return tokens[name + 1]?.value
  }
  return tokens[before - 1]?.value
}

/** As an argument: `load(require)`. */
const isPassed = (tokens: ReadonlyArray<Token>, at: number): boolean =>
  ["(", ","].includes(tokens[at - 1]?.value ?? "") && [")", ","].includes(tokens[at + 1]?.value ?? "")

/** Where the parenthesis that is opened at a place is closed. */
const closing = (tokens: ReadonlyArray<Token>, open: number): number => {
  let depth = 0
  for (let at = open; at < tokens.length; at++) {
    const { kind, value } = tokens[at]!
    if (kind === "mark" && value === "(") depth++
    if (kind === "mark" && value === ")" && --depth === 0) return at
  }
  return tokens.length
}

/** `URL("./worker.ts", import.meta.url)`: a worker, or a file that is read. */
const isBeside = (tokens: ReadonlyArray<Token>, at: number): boolean =>
  tokens[at + 2]?.kind === "text" && tokens[at + 2]!.value.startsWith(".") && tokens[at + 4]?.value === "import"

/** `import("./a.ts")`, `require("a")`; a `require` with anything else may be a function of the author's. */
const called = (tokens: ReadonlyArray<Token>, at: number, word: string): Found | undefined => {
  if (tokens[at + 1]?.value !== "(") return undefined
  const given = tokens[at + 2]
  const after = tokens[at + 3]?.value
  if (given?.kind === "text" && (after === ")" || after === ",")) return { name: given.value }
  // Methods may be called `import`.
  return word === "import" && tokens[at - 1]?.value !== "function" && !isDeclared(tokens, at)
    ? { name: undefined }
    : undefined
}

/** `import(a: B): C {` in an object or class declares a method. */
const isDeclared = (tokens: ReadonlyArray<Token>, at: number): boolean => {
  const next = tokens[closing(tokens, at + 1) + 1]?.value
  return next === "{" || next === ":" && tokens[at - 1]?.value !== "?"
}

/** Whether the statement that this `from` belongs to begins with `import type` or `export type`. */
const isOfTypes = (tokens: ReadonlyArray<Token>, from: number): boolean => {
  for (let at = from - 1; at >= 0; at--) {
    const { kind, value } = tokens[at]!
    if (kind === "text" || value === ";") return false
    if (kind !== "word" || value !== "import" && value !== "export") continue
    // `import type from "a"` and `import type, { b } from "a"` import a value of that name.
    return tokens[at + 1]?.value === "type" && at + 2 < from && tokens[at + 2]!.value !== ","
  }
  return false
}

/** After these a slash begins a regular expression; after other words it divides. */
const beforeExpression = new Set([
  ..."return typeof case in of delete void throw new else do instanceof yield await".split(" ")
])

const tokensOf = (source: string): { readonly tokens: ReadonlyArray<Token>; readonly isWhole: boolean } => {
  const lexer = new Lexer(source)
  return { tokens: lexer.all(), isWhole: lexer.isWhole }
}

class Lexer {
  readonly #source: string
  readonly #tokens: Array<Token> = []
  /** For each open brace, whether it ends a hole of a template. */
  readonly #braces: Array<boolean> = []
  #at = 0
  #isCut = false

  constructor(source: string) {
    this.#source = source
  }

  all(): ReadonlyArray<Token> {
    while (this.#at < this.#source.length) this.#next()
    return this.#tokens
  }

  /** Whether all templates and braces that were opened are closed. */
  get isWhole(): boolean {
    return !this.#isCut && this.#braces.length === 0
  }

  #next(): void {
    const char = this.#source[this.#at]!
    if (char === "/") return this.#slash()
    if (char === '"' || char === "'") return this.#text(char)
    if (char === "`") return this.#template()
    if (char === "}" && this.#braces.pop() === true) return this.#template()
    if (char === "{") this.#braces.push(false)
    word.lastIndex = this.#at
    const found = word.exec(this.#source)?.[0]
    if (found !== undefined) {
      this.#at += found.length
      return void this.#tokens.push({ kind: "word", value: found })
    }
    this.#at++
    if (char > " ") this.#tokens.push({ kind: "mark", value: char })
  }

  #slash(): void {
    const after = this.#source[this.#at + 1]
    if (after === "/") this.#at = past(this.#source, "\n", this.#at)
    else if (after === "*") this.#at = past(this.#source, "*/", this.#at + 2)
    else if (this.#isExpression()) this.#expression()
    else {
      this.#at++
      this.#tokens.push({ kind: "mark", value: "/" })
    }
  }

  #isExpression(): boolean {
    const before = this.#tokens.at(-1)
    if (before === undefined) return true
    if (before.kind === "word") return beforeExpression.has(before.value)
    return before.kind === "mark" && before.value !== ")" && before.value !== "]" && before.value !== "}"
  }

  #expression(): void {
    let inClass = false
    for (this.#at++; this.#at < this.#source.length; this.#at++) {
      const char = this.#source[this.#at]
      if (char === "\\") this.#at++
      else if (char === "[") inClass = true
      else if (char === "]") inClass = false
      else if (char === "\n" || char === "/" && !inClass) break
    }
    this.#at++
    this.#tokens.push({ kind: "mark", value: ")" })
  }

  #text(quote: string): void {
    const start = ++this.#at
    for (; this.#at < this.#source.length; this.#at++) {
      const char = this.#source[this.#at]
      if (char === "\\") this.#at++
      else if (char === quote || char === "\n") break
    }
    this.#tokens.push({ kind: "text", value: this.#source.slice(start, this.#at) })
    this.#at++
  }

  /** From a back quote, or from the end of a hole, to the next hole or the end. */
  #template(): void {
    const start = ++this.#at
    const isWhole = this.#source[start - 1] === "`"
    for (; this.#at < this.#source.length; this.#at++) {
      const char = this.#source[this.#at]
      if (char === "\\") this.#at++
      else if (char === "`") {
        this.#tokens.push({
          kind: isWhole ? "text" : "mark",
          value: isWhole ? this.#source.slice(start, this.#at) : ")"
        })
        return void this.#at++
      } else if (char === "$" && this.#source[this.#at + 1] === "{") {
        this.#at += 2
        this.#braces.push(true)
        return void this.#tokens.push({ kind: "mark", value: "(" })
      }
    }
    this.#isCut = true
  }
}

const word = /[\p{ID_Start}$_#\d][\p{ID_Continue}$\u200c\u200d]*/uy

const past = (source: string, end: string, from: number): number => {
  const found = source.indexOf(end, from)
  return found === -1 ? source.length : found + end.length
}
