/**
 * One TypeScript file as the tidy rules see it: imports, exports,
 * functions, calls, code lines. Parsed once, read by every rule.
 */
import { parseSync, Visitor } from "vite"

/** A module named by an import, a re-export, a dynamic import or an `import("…")` type. */
export interface Import {
  readonly specifier: string
  readonly line: number
  readonly kind: "import" | "export" | "dynamic" | "type"
  /** True when nothing of it is left at run time. */
  readonly erased: boolean
}

/**
 * A name that leaves the file. `from` is set when it is passed on from another module; `name` is `*` for `export *`.
 */
export interface Export {
  readonly name: string
  readonly local: string
  readonly from: string | undefined
  readonly line: number
  readonly documented: boolean
  /** True for an interface or a type alias that is declared here. */
  readonly isType: boolean
  /** Its statement, with blanks in the place of comments. */
  readonly statement: string
}

/** A function, method or generator with its length in code lines. */
export interface Routine {
  readonly name: string
  readonly line: number
  readonly codeLines: number
}

/** A use that a ban may name: `Date.now`, `new Date()`, `console`. */
export interface Use {
  readonly name: string
  readonly line: number
}

/** A parsed file. `path` is relative to the repository, with `/`. */
export interface Source {
  readonly path: string
  readonly lines: ReadonlyArray<string>
  /** The same lines with blanks in the place of comments. */
  readonly code: ReadonlyArray<string>
  readonly codeLines: number
  readonly imports: ReadonlyArray<Import>
  readonly exports: ReadonlyArray<Export>
  readonly routines: ReadonlyArray<Routine>
  readonly uses: ReadonlyArray<Use>
  /** Names declared at the top level, with whether a docstring stands before the declaration. */
  readonly declared: ReadonlyMap<string, { readonly line: number; readonly documented: boolean }>
  /** Local names bound by imports, with where they come from. */
  readonly bound: ReadonlyMap<string, { readonly specifier: string; readonly name: string }>
}

/** A syntax tree node, loosely: the rules look at few kinds and few fields. */
// deno-lint-ignore no-explicit-any -- the tree has some 200 shapes; the tests of the checker hold these accesses
type Node = any

/** Parses a file. Throws when it has a syntax error. */
export const parseSource = (path: string, text: string): Source => {
  const { program, comments, errors } = parseSync(path, text, {
    lang: path.endsWith(".tsx") ? "tsx" : "ts",
    sourceType: "module"
  })
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`)
  const reader = new Reader(text, comments)
  const codeLines = reader.codeLinesBetween(0, text.length)
  return { path, lines: text.split("\n"), code: reader.code.split("\n"), codeLines, ...reader.read(program) }
}

class Reader {
  readonly text: string
  readonly code: string
  readonly lineStarts: ReadonlyArray<number>
  readonly docEnds: ReadonlySet<number>
  readonly imports: Array<Import> = []
  readonly exports: Array<Export> = []
  readonly routines: Array<Routine> = []
  readonly uses: Array<Use> = []
  readonly declared = new Map<string, { line: number; documented: boolean }>()
  readonly bound = new Map<string, { specifier: string; name: string }>()

  constructor(text: string, comments: ReadonlyArray<{ type: string; value: string; start: number; end: number }>) {
    this.text = text
    this.code = blank(text, comments)
    this.lineStarts = [0, ...[...text.matchAll(/\n/g)].map((it) => it.index + 1)]
    this.docEnds = new Set(comments.filter((it) => it.type === "Block" && it.value.startsWith("*")).map((it) => it.end))
  }

  read(program: Node) {
    for (const statement of program.body) this.statement(statement)
    this.visit(program)
    const { imports, exports, routines, uses, declared, bound } = this
    return { imports, exports, routines, uses, declared, bound }
  }

  lineOf(offset: number): number {
    let low = 0
    let high = this.lineStarts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.lineStarts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return low + 1
  }

  /** Lines that hold something besides comments and white space. */
  codeLinesBetween(start: number, end: number): number {
    return this.code.slice(start, end).split("\n").filter((line) => line.trim() !== "").length
  }

  statement(node: Node) {
    switch (node.type) {
      case "ImportDeclaration":
        return this.importDeclaration(node)
      case "ExportAllDeclaration":
        return this.exportAll(node)
      case "ExportNamedDeclaration":
        return this.exportNamed(node)
      case "ExportDefaultDeclaration":
        return this.export("default", "default", undefined, node)
      default:
        this.declare(node, node)
    }
  }

  importDeclaration(node: Node) {
    const specifier = node.source.value
    const erased = node.importKind === "type" ||
      (node.specifiers.length > 0 && node.specifiers.every((it: Node) => it.importKind === "type"))
    this.imports.push({ specifier, line: this.lineOf(node.start), kind: "import", erased })
    for (const it of node.specifiers) {
      const name = it.type === "ImportSpecifier"
        ? nameOf(it.imported)
        : it.type === "ImportDefaultSpecifier"
        ? "default"
        : "*"
      this.bound.set(it.local.name, { specifier, name })
    }
  }

  exportAll(node: Node) {
    this.passOn(node)
    this.export(node.exported === null ? "*" : nameOf(node.exported), "*", node.source.value, node)
  }

  exportNamed(node: Node) {
    if (node.source !== null) this.passOn(node)
    for (const it of node.specifiers) this.export(nameOf(it.exported), nameOf(it.local), node.source?.value, it)
    if (node.declaration === null) return
    for (const name of this.declare(node.declaration, node)) this.export(name, name, undefined, node)
  }

  passOn(node: Node) {
    const erased = node.exportKind === "type"
    this.imports.push({ specifier: node.source.value, line: this.lineOf(node.start), kind: "export", erased })
  }

  export(name: string, local: string, from: string | undefined, node: Node) {
    this.exports.push({
      name,
      local,
      from,
      line: this.lineOf(node.start),
      documented: this.documented(node),
      isType: /^TS(?:Interface|TypeAlias)/.test(node.declaration?.type ?? ""),
      statement: this.code.slice(node.start, node.end)
    })
  }

  /**
   * Notes the names that a declaration binds; overloads and
   * merged declarations count as documented when one of them is.
   */
  declare(declaration: Node, statement: Node): Array<string> {
    const names = declaredNames(declaration)
    for (const name of names) {
      const documented = this.documented(statement) || (this.declared.get(name)?.documented ?? false)
      this.declared.set(name, { line: this.lineOf(statement.start), documented })
    }
    return names
  }

  /** True when a docstring ends right before the node; lint directives may stand between. */
  documented(node: Node): boolean {
    const before = this.text.slice(0, node.start).replace(/(\s*\/\/[^\n]*\n)*\s*$/, "")
    return this.docEnds.has(before.length)
  }

  visit(program: Node) {
    const names = new Map<Node, string>()
    const name = (holder: Node, value: Node) => {
      if (isFunction(value)) names.set(value, holder.id?.name ?? nameOf(holder.key ?? {}) ?? "")
    }
    const routine = (node: Node) => {
      if (node.body === null) return
      const codeLines = this.codeLinesBetween(node.start, node.end)
      const label = node.id?.name ?? names.get(node) ?? (node.generator === true ? "generator" : "function")
      this.routines.push({ name: label, line: this.lineOf(node.start), codeLines })
    }
    new Visitor({
      VariableDeclarator: (node: Node) => name(node, node.init),
      Property: (node: Node) => name(node, node.value),
      MethodDefinition: (node: Node) => name(node, node.value),
      PropertyDefinition: (node: Node) => name(node, node.value),
      FunctionDeclaration: routine,
      FunctionExpression: routine,
      ArrowFunctionExpression: routine,
      ImportExpression: (node: Node) => this.dynamicImport(node.source, "dynamic", node),
      TSImportType: (node: Node) => this.dynamicImport(node.source, "type", node),
      MemberExpression: (node: Node) => this.member(node),
      CallExpression: (node: Node) => this.call(node),
      NewExpression: (node: Node) => this.construct(node)
    } as Node).visit(program)
  }

  dynamicImport(source: Node, kind: "dynamic" | "type", node: Node) {
    if (typeof source?.value !== "string") return
    this.imports.push({ specifier: source.value, line: this.lineOf(node.start), kind, erased: kind === "type" })
  }

  member(node: Node) {
    const object = dotted(node.object)
    if (object === undefined) return
    const property = node.computed === true ? node.property.value : node.property.name
    const name = typeof property === "string" ? `${object}.${property}` : object
    this.uses.push({ name, line: this.lineOf(node.start) })
  }

  call(node: Node) {
    if (node.callee.type === "Identifier") {
      this.uses.push({ name: `${node.callee.name}()`, line: this.lineOf(node.start) })
    }
  }

  construct(node: Node) {
    const callee = dotted(node.callee)
    if (callee === undefined) return
    this.uses.push({ name: `new ${callee}(${node.arguments.length === 0 ? "" : "…"})`, line: this.lineOf(node.start) })
  }
}

const blank = (text: string, comments: ReadonlyArray<{ start: number; end: number }>): string => {
  let out = ""
  let at = 0
  for (const { start, end } of comments) {
    out += text.slice(at, start) + text.slice(start, end).replace(/[^\n]/g, " ")
    at = end
  }
  return out + text.slice(at)
}

const nameOf = (node: Node): string => node.name ?? node.value

const isFunction = (node: Node): boolean =>
  node?.type === "ArrowFunctionExpression" || node?.type === "FunctionExpression"

/** `globalThis.Date` reads as `Date`; anything that is not a plain path of names is undefined. */
const dotted = (node: Node): string | undefined => {
  if (node.type === "Identifier") return node.name
  if (node.type !== "MemberExpression" || node.computed === true) return undefined
  const object = dotted(node.object)
  return object === undefined
    ? undefined
    : object === "globalThis"
    ? node.property.name
    : `${object}.${node.property.name}`
}

const declaredNames = (node: Node): Array<string> => {
  switch (node.type) {
    case "VariableDeclaration":
      return node.declarations.flatMap((it: Node) => patternNames(it.id))
    case "FunctionDeclaration":
    case "TSDeclareFunction":
    case "ClassDeclaration":
    case "TSInterfaceDeclaration":
    case "TSTypeAliasDeclaration":
      return [node.id.name]
    default:
      return []
  }
}

const patternNames = (node: Node): Array<string> => {
  switch (node.type) {
    case "Identifier":
      return [node.name]
    case "ObjectPattern":
      return node.properties.flatMap((it: Node) => patternNames(it.type === "Property" ? it.value : it.argument))
    case "ArrayPattern":
      return node.elements.flatMap((it: Node) => (it === null ? [] : patternNames(it)))
    case "AssignmentPattern":
      return patternNames(node.left)
    default:
      return []
  }
}
