/** The grammar of expr-lang: a Pratt parser over tokens. */
import type { Ast } from "./Ast.ts"
import { ExprError } from "./ExprError.ts"
import { lex, type Token, type TokenKind } from "./lex.ts"
import { comparisons, iterating, negatable, precedence, spellings, unary } from "./grammar.ts"
import { literalClash } from "./literalClash.ts"
import { numberLiteral } from "./numberLiteral.ts"

/** How many characters an expression may have. */
const maxSource = 100_000
/** How deep parentheses, calls and operators may nest. */
const maxNesting = 200

/** Parses an expression. Throws ExprError. */
export const parse = (source: string): Ast => {
  if (source.length > maxSource) throw new ExprError(source, 0, `expression is longer than ${maxSource} characters`)
  return new Parser(source).whole()
}

class Parser {
  readonly #source: string
  readonly #tokens: ReadonlyArray<Token>
  #position = 0
  #nesting = 0
  #predicates = 0

  constructor(source: string) {
    this.#source = source
    this.#tokens = lex(source)
  }

  whole(): Ast {
    const ast = this.#expression(0)
    if (this.#token.kind !== "end") this.#unexpected()
    return ast
  }

  get #token(): Token {
    return this.#tokens[this.#position]!
  }

  #is(kind: TokenKind, text?: string): boolean {
    return this.#token.kind === kind && (text === undefined || this.#token.text === text)
  }

  #next(): Token {
    const token = this.#token
    if (token.kind !== "end") this.#position++
    return token
  }

  #expect(kind: TokenKind, text?: string): Token {
    return this.#is(kind, text) ? this.#next() : this.#unexpected(text ?? kind)
  }

  #accept(kind: TokenKind, text: string): boolean {
    if (!this.#is(kind, text)) return false
    this.#next()
    return true
  }

  #unexpected(wanted?: string): never {
    const { kind, text } = this.#token
    const hint = wanted === undefined ? "" : `, expected ${wanted}`
    this.#fail(kind === "end" ? `unexpected end of expression${hint}` : `unexpected token ${text}${hint}`)
  }

  #fail(why: string, at: number = this.#token.at): never {
    throw new ExprError(this.#source, at, why)
  }

  #nested<A>(inner: () => A): A {
    if (++this.#nesting > maxNesting) this.#fail(`expression is nested deeper than ${maxNesting}`)
    const result = inner()
    this.#nesting--
    return result
  }

  #expression(minimum: number): Ast {
    return this.#nested(() => {
      if (minimum === 0 && this.#is("operator", "let")) return this.#let()
      if (minimum === 0 && this.#is("operator", "if")) return this.#if()
      const ast = this.#operators(this.#primary(), minimum)
      return minimum === 0 ? this.#conditional(ast) : ast
    })
  }

  #operators(first: Ast, minimum: number): Ast {
    let left = first
    let previous = ""
    for (let count = 0; this.#token.kind === "operator"; count++) {
      if (count > 1_000) this.#fail("expression has more than 1000 operators in a row")
      const negated = this.#is("operator", "not") && negatable.has(this.#tokens[this.#position + 1]?.text ?? "")
      const token = negated ? this.#tokens[this.#position + 1]! : this.#token
      const level = precedence[token.text]
      if (level === undefined || level < minimum) break
      if (negated) this.#next()
      this.#next()
      if (previous === "??" && token.text !== "??" && token.text !== "|") this.#mixed(token)
      const made = this.#infix(left, token, level)
      left = negated ? { _tag: "Unary", at: token.at, operator: "not", operand: made } : made
      previous = token.text
    }
    return left
  }

  #mixed(token: Token): never {
    this.#fail(`Operator (${token.text}) and coalesce expressions (??) cannot be mixed. Use parentheses.`, token.at)
  }

  #infix(left: Ast, token: Token, level: number): Ast {
    if (token.text === "|") return this.#members(this.#call(this.#expect("name"), [left]))
    if (comparisons.has(token.text)) return this.#comparison(left, token, level)
    const right = this.#expression(token.text === "**" || token.text === "^" ? level : level + 1)
    return this.#binary(left, token, right)
  }

  #binary(left: Ast, token: Token, right: Ast): Ast {
    const operator = spellings[token.text] ?? token.text
    const clash = literalClash(operator, left, right)
    if (clash !== undefined) this.#fail(clash, token.at)
    return { _tag: "Binary", at: token.at, operator, left, right }
  }

  /** `1 < x < 5` means `1 < x and x < 5`. */
  #comparison(first: Ast, token: Token, level: number): Ast {
    let right = this.#expression(level + 1)
    let whole = this.#binary(first, token, right)
    while (this.#token.kind === "operator" && comparisons.has(this.#token.text)) {
      const again = this.#next()
      const next = this.#expression(level + 1)
      whole = { _tag: "Binary", at: again.at, operator: "and", left: whole, right: this.#binary(right, again, next) }
      right = next
    }
    return whole
  }

  #let(): Ast {
    this.#expect("operator", "let")
    const { text: name, at } = this.#expect("name")
    this.#expect("operator", "=")
    const value = this.#expression(0)
    this.#expect("operator", ";")
    return { _tag: "Let", at, name, value, body: this.#expression(0) }
  }

  #if(): Ast {
    const { at } = this.#expect("operator", "if")
    const test = this.#expression(0)
    const then = this.#block()
    this.#expect("operator", "else")
    const other = this.#is("operator", "if") ? this.#nested(() => this.#if()) : this.#block()
    return { _tag: "Conditional", at, test, then, other }
  }

  #block(): Ast {
    this.#expect("bracket", "{")
    const body = this.#expression(0)
    this.#expect("bracket", "}")
    return body
  }

  #conditional(test: Ast): Ast {
    if (!this.#is("operator", "?")) return test
    const { at } = this.#next()
    if (this.#accept("operator", ":")) return { _tag: "Conditional", at, test, then: test, other: this.#expression(0) }
    const then = this.#expression(0)
    this.#expect("operator", ":")
    return { _tag: "Conditional", at, test, then, other: this.#expression(0) }
  }

  #primary(): Ast {
    const token = this.#token
    const level = token.kind === "operator" ? unary[token.text] : undefined
    if (level !== undefined) {
      this.#next()
      const operator = spellings[token.text] ?? token.text
      return this.#members({ _tag: "Unary", at: token.at, operator, operand: this.#expression(level) })
    }
    if (this.#accept("bracket", "(")) {
      const inner = this.#expression(0)
      this.#expect("bracket", ")")
      return this.#members(inner)
    }
    if (this.#is("operator", "#") || this.#is("operator", ".")) return this.#pointer(token)
    if (this.#accept("operator", "::")) return this.#members(this.#call(this.#expect("name"), []))
    return this.#members(this.#plain(token))
  }

  #pointer({ at, text }: Token): Ast {
    if (this.#predicates === 0) this.#fail("cannot use pointer accessor outside predicate")
    const name = text === "#" && this.#next() && this.#is("name") ? this.#next().text : ""
    return this.#members({ _tag: "Pointer", at, name })
  }

  #plain(token: Token): Ast {
    const { at, text } = token
    if (token.kind === "name") return this.#named(this.#next())
    if (token.kind === "string") return { _tag: "Literal", at, value: this.#next().text }
    if (token.kind === "number") return this.#number(this.#next())
    if (text === "[" && token.kind === "bracket") return { _tag: "Array", at, items: this.#list("[", "]") }
    if (text === "{" && token.kind === "bracket") return this.#map()
    return this.#unexpected()
  }

  #named(token: Token): Ast {
    const { at, text } = token
    if (text === "true" || text === "false") return { _tag: "Literal", at, value: text === "true" }
    if (text === "nil") return { _tag: "Literal", at, value: null }
    return this.#is("bracket", "(") ? this.#call(token, []) : { _tag: "Name", at, name: text }
  }

  #number({ at, text }: Token): Ast {
    const value = numberLiteral(text)
    if (value === undefined) this.#fail(`invalid number literal ${text}`, at)
    return { _tag: "Literal", at, value }
  }

  #list(open: string, close: string): ReadonlyArray<Ast> {
    this.#expect("bracket", open)
    const items: Array<Ast> = []
    while (!this.#is("bracket", close)) {
      if (items.length > 0) this.#expect("operator", ",")
      if (this.#is("bracket", close)) break
      items.push(this.#expression(0))
    }
    this.#expect("bracket", close)
    return items
  }

  #map(): Ast {
    const { at } = this.#expect("bracket", "{")
    const pairs: Array<readonly [Ast, Ast]> = []
    while (!this.#is("bracket", "}")) {
      if (pairs.length > 0) this.#expect("operator", ",")
      if (this.#is("bracket", "}")) break
      const key = this.#key()
      this.#expect("operator", ":")
      pairs.push([key, this.#expression(0)])
    }
    this.#expect("bracket", "}")
    return { _tag: "Map", at, pairs }
  }

  #key(): Ast {
    const { at, kind } = this.#token
    if (this.#is("bracket", "(")) return this.#expression(0)
    if (kind === "name" || kind === "string" || kind === "number") {
      return { _tag: "Literal", at, value: this.#next().text }
    }
    this.#fail("a map key must be a quoted string, a number, an identifier, or an expression enclosed in parentheses")
  }

  /** A call by name; what was piped in is its first argument. */
  #call(name: Token, piped: ReadonlyArray<Ast>): Ast {
    const shape = iterating[name.text]
    if (shape !== undefined) return this.#iterate(name, piped, shape)
    const callee: Ast = { _tag: "Name", at: name.at, name: name.text }
    return { _tag: "Call", at: name.at, callee, args: [...piped, ...this.#list("(", ")")] }
  }

  #iterate(
    { at, text: name }: Token,
    piped: ReadonlyArray<Ast>,
    shape: { readonly bare?: true; readonly rest?: true }
  ): Ast {
    this.#expect("bracket", "(")
    const list = piped[0] ?? this.#expression(0)
    const bare = shape.bare === true && (this.#is("bracket", ")"))
    if (piped.length === 0 && !bare) this.#expect("operator", ",")
    const predicate = bare ? undefined : this.#predicate()
    const more = this.#accept("operator", ",") && !this.#is("bracket", ")")
    if (more && shape.rest !== true) this.#fail(`too many arguments to call ${name}`)
    const rest = more ? this.#expression(0) : undefined
    this.#accept("operator", ",")
    this.#expect("bracket", ")")
    return { _tag: "Iterate", at, name, list, predicate, rest }
  }

  #predicate(): Ast {
    const braced = this.#accept("bracket", "{")
    this.#predicates++
    const body = this.#expression(0)
    this.#predicates--
    if (braced) this.#expect("bracket", "}")
    return body
  }

  /** Everything that may follow a value: `.a`, `?.a`, `[i]`, `[a:b]`, `(…)`. */
  #members(first: Ast): Ast {
    let ast = first
    let chained = false
    for (let count = 0; count < 1_000; count++) {
      const { at } = this.#token
      const optional = this.#is("operator", "?.")
      if (optional || this.#is("operator", ".")) {
        this.#next()
        chained ||= optional
        ast = optional && this.#is("bracket", "[") ? this.#index(ast, true) : this.#property(ast, at, optional)
      } else if (this.#is("bracket", "[")) ast = this.#index(ast, false)
      else return chained ? { _tag: "Chain", at: first.at, inner: ast } : ast
    }
    return this.#fail("more than 1000 members in a row")
  }

  #property(target: Ast, at: number, optional: boolean): Ast {
    const token = this.#next()
    if (token.kind !== "name" && !/^\w+$/.test(token.text)) this.#fail("expected name", token.at)
    const property: Ast = { _tag: "Literal", at: token.at, value: token.text }
    const member: Ast = { _tag: "Member", at, target, property, optional }
    return this.#is("bracket", "(")
      ? { _tag: "Call", at: token.at, callee: member, args: this.#list("(", ")") }
      : member
  }

  #index(target: Ast, optional: boolean): Ast {
    const { at } = this.#expect("bracket", "[")
    const from = this.#is("operator", ":") ? undefined : this.#expression(0)
    if (!this.#accept("operator", ":")) {
      this.#expect("bracket", "]")
      return { _tag: "Member", at, target, property: from!, optional }
    }
    const to = this.#is("bracket", "]") ? undefined : this.#expression(0)
    this.#expect("bracket", "]")
    return { _tag: "Slice", at, target, from, to }
  }
}
