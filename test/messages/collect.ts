/**
 * Every message that people can meet, read from the sources: so none is forgotten.
 *
 * Owns: which texts of a program are messages, and how the parts of one are
 * put together. Does not own: what they are shown with (`examples.ts`).
 *
 * Invariant: a text of the sources that reads like a sentence (three words or more) is in the list, unless its file or
 * its place is named below as one that people do not meet as a message.
 */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { parseSync } from "vite"
import { exampleFor } from "./examples.ts"

/** A message with an example in the place of what it is made with. */
export interface Message {
  /** The folder of its source, as `engine/life`. */
  readonly area: string
  /** Its source and line, as `src/engine/life/start.ts:12`. */
  readonly where: string
  readonly text: string
}

/** A syntax tree node, loosely. */
// deno-lint-ignore no-explicit-any -- few kinds and few fields are looked at
type Node = any

/**
 * Not messages: what is printed elsewhere (help pages, starter files, the
 * support table), the checks of the engine itself, programs and queries.
 */
const otherFiles =
  /^(?:cli\/demo|cli\/verbs\/completion|sqlite\/(?:migrations|migrate)|run\/(?:check|invariants|transient)|testing\/)|Tables?\.ts$/
const otherKeys = new Set(["about", "summary", "usage", "examples", "_tag", "kind", "type", "sql"])
const script =
  /\$[0-9({@]|#!|&&|\bdone\b.*;|\bNOT (?:EXISTS|IN)\b| IN \(|\bIS NULL OR\b|\bstrpos\(|\bCROSS JOIN\b| LIMIT \?|\b(?:typeof case|sun mon|jan feb)\b|\bWHERE\b| = \?|\bCASE WHEN\b|, \w+, \w+, \w+, \w+, \w+, /
const query =
  /^\s*(?:SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|PRAGMA|WITH|VACUUM|FROM|WHERE|AND|ORDER|BEGIN|ATTACH)\b/

/** All messages under a folder, by area, each text once in its area. */
export const collectMessages = (root: string): ReadonlyArray<Message> => {
  const names = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((it) => it.endsWith(".ts")).toSorted()
  const all = names.filter((name) => !otherFiles.test(name)).flatMap((name) =>
    messagesOf(name, readFileSync(join(root, name), "utf8"))
  )
  return [...new Map(all.map((it) => [`${it.area}\n${it.text}`, it])).values()].toSorted((a, b) =>
    a.area < b.area ? -1 : a.area > b.area ? 1 : 0
  )
}

/** The messages of one source. */
export const messagesOf = (name: string, text: string): ReadonlyArray<Message> => {
  const { program } = parseSync(name, text, { lang: "ts", sourceType: "module" })
  const area = name.includes("/") ? name.slice(0, name.lastIndexOf("/")) : "."
  const found: Array<Message> = []
  walk(program, (node) => {
    const parts = variants(node)
    if (parts === undefined) return false
    const line = text.slice(0, node.start).split("\n").length
    for (const part of parts) {
      const told = part.replaceAll(/\s+/g, " ").trim()
      if (isSentence(told)) found.push({ area, where: `src/${name}:${line}`, text: told })
    }
    return true
  })
  return found
}

/** Three words or more, with a space between; queries are none. */
const isSentence = (text: string): boolean => {
  const words = text.replaceAll(/‹[^›]*›/g, "x").split(" ").filter((it) =>
    /^["'(`]*[a-zA-Z][a-zA-Z',.;:)"`-]*$/.test(it)
  )
  return words.length >= 3 && words.filter((it) => /[a-z]{2}/.test(it)).length >= 2 && !query.test(text) &&
    !script.test(text)
}

const skipped = /^(?:TS(?!AsExpression|NonNull|Satisfies)|Import|ExportAll)/

const walk = (node: Node, visit: (node: Node) => boolean): void => {
  if (node === null || typeof node !== "object") return
  if (Array.isArray(node)) return node.forEach((it) => walk(it, visit))
  if (typeof node.type !== "string" || skipped.test(node.type)) return
  if (node.type === "Property" && otherKeys.has(node.key?.name)) return
  if (node.type === "BinaryExpression" && /==|^in$/.test(node.operator)) return
  if (visit(node)) return
  for (const [key, value] of Object.entries(node)) if (key !== "start" && key !== "end") walk(value, visit)
}

const messageKeys = ["message", "what", "because", "why"]

/**
 * The texts that an expression of text can come to; `undefined` for other nodes. A message and its hint are one text.
 */
const variants = (node: Node): ReadonlyArray<string> | undefined => {
  if (node.type === "ObjectExpression") return withHint(node)
  if (isText(node)) return textsOf(node)
  return undefined
}

const withHint = ({ properties }: Node): ReadonlyArray<string> | undefined => {
  const valueOf = (names: ReadonlyArray<string>): Node =>
    properties.find((it: Node) => it.type === "Property" && names.includes(it.key?.name))?.value
  const [message, hint] = [valueOf(messageKeys), valueOf(["hint"])]
  if (message === undefined || hint === undefined || !isText(message)) return undefined
  const hints = isText(hint) ? textsOf(hint) : [""]
  return textsOf(message).map((it, at) => {
    const told = hints[at % hints.length]!
    return told === "" ? it : `${it}. ${told}`
  })
}

const isText = (node: Node): boolean =>
  node.type === "TemplateLiteral" || (node.type === "Literal" && typeof node.value === "string") ||
  (node.type === "BinaryExpression" && node.operator === "+" && (isText(node.left) || isText(node.right)))

/** Both branches of what a text decides on are told, in two texts at most. */
const textsOf = (node: Node): ReadonlyArray<string> => [...new Set([textOf(node, 0), textOf(node, 1)])]

const textOf = (node: Node, branch: 0 | 1): string => {
  if (node.type === "Literal") return String(node.value)
  if (node.type === "TemplateLiteral") {
    return node.quasis.map((it: Node, at: number) =>
      `${it.value.cooked}${at < node.expressions.length ? textOf(node.expressions[at], branch) : ""}`
    ).join("")
  }
  if (node.type === "BinaryExpression" && isText(node)) return textOf(node.left, branch) + textOf(node.right, branch)
  if (node.type === "ConditionalExpression") return textOf(branch === 0 ? node.consequent : node.alternate, branch)
  if (node.type === "LogicalExpression") return textOf(node.left, branch)
  if (node.type === "ParenthesizedExpression") return textOf(node.expression, branch)
  return exampleFor(nameOf(node))
}

/** What a value is called where it is used: the last name of an access, of a call the name of what is called. */
const nameOf = (node: Node): string => {
  switch (node?.type) {
    case "Identifier":
      return node.name
    case "MemberExpression":
      return node.computed ? nameOf(node.object) : nameOf(node.property)
    case "CallExpression":
      return /^(?:String|stringify|join|map|trim|slice|toString|toSorted|filter|at|get|replace|quoted)$/.test(
          nameOf(node.callee)
        )
        ? nameOf(
          node.arguments.find((it: Node) => ["Identifier", "MemberExpression"].includes(it.type)) ?? node.callee.object
        )
        : nameOf(node.callee)
    case "TSAsExpression":
    case "TSNonNullExpression":
      return nameOf(node.expression)
    default:
      return "…"
  }
}
