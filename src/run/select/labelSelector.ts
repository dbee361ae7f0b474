/**
 * Label selectors as Kubernetes has them: `a=b,c!=d,x in (1,2),y notin (z),exists,!not,n>5`. Pure.
 * What is negative also holds where there is no such label, as it does there.
 */
import { BadSelector } from "./BadSelector.ts"

/** What one label must be. */
export type LabelTerm =
  | { readonly name: string; readonly is: "in" | "notin"; readonly values: ReadonlyArray<string> }
  | { readonly name: string; readonly is: "there" | "absent" }
  | { readonly name: string; readonly is: "above" | "below"; readonly bound: number }

/** The terms of a selector; all of them must hold. Throws BadSelector. */
export const labelTerms = (text: string): ReadonlyArray<LabelTerm> => {
  const terms: Array<LabelTerm> = []
  let rest = text.trim()
  while (rest !== "") {
    const found = forms.map(([form, make]) => [form.exec(rest), make] as const).find(([match]) => match !== null)
    if (found === undefined) throw unreadable(rest, text)
    const match = found[0]!
    terms.push(found[1](match.groups!))
    rest = rest.slice(match[0].length)
    if (rest !== "" && !rest.startsWith(",")) throw unreadable(rest, text)
    rest = rest.slice(1).trim()
    if (rest === "" && match.input.length > match[0].length) throw unreadable(",", text)
  }
  return terms
}

const unreadable = (rest: string, text: string): BadSelector =>
  new BadSelector(
    `Cannot read "${rest}" in the label selector "${text}": write NAME, !NAME, NAME=VALUE, NAME!=VALUE, NAME in (A,B), ` +
      "NAME notin (A,B), NAME>N or NAME<N, separated by commas"
  )

type Groups = Readonly<Record<string, string>>

const name = String.raw`(?<name>[^\s=!<>(),]+)`
const list = String.raw`\((?<list>[^()=!<>]*)\)`
const value = String.raw`(?<value>[^\s=!<>(),]*)`

/** Each form with what it means; the first that fits counts. */
const forms: ReadonlyArray<readonly [RegExp, (groups: Groups) => LabelTerm]> = [
  [form(`${name}\\s+(?<is>in|notin)\\s*${list}`), (it) => ({ name: it["name"]!, is: among(it), values: listed(it) })],
  [
    form(`${name}\\s*(?<is>==|!=|=)\\s*${value}`),
    (it) => ({ name: it["name"]!, is: equal(it), values: [it["value"]!] })
  ],
  [
    form(`${name}\\s*(?<is>[<>])\\s*(?<value>[+-]?\\d+)`),
    (it) => ({ name: it["name"]!, is: side(it), bound: Number(it["value"]) })
  ],
  [form(`!\\s*${name}`), (it) => ({ name: it["name"]!, is: "absent" })],
  [form(name), (it) => ({ name: it["name"]!, is: "there" })]
]

function form(pattern: string): RegExp {
  return new RegExp(`^${pattern}\\s*(?=,|$)`)
}

const among = ({ is }: Groups): "in" | "notin" => is as "in" | "notin"

const equal = ({ is }: Groups): "in" | "notin" => is === "!=" ? "notin" : "in"

const side = ({ is }: Groups): "above" | "below" => is === ">" ? "above" : "below"

const listed = ({ list: text }: Groups): ReadonlyArray<string> => text!.split(",").map((it) => it.trim())

/** Whether all terms hold for labels. */
export const labelsMatch = (
  terms: ReadonlyArray<LabelTerm>,
  labels: Readonly<Record<string, string>>
): boolean => terms.every((term) => matches(term, Object.hasOwn(labels, term.name) ? labels[term.name] : undefined))

const matches = (term: LabelTerm, label: string | undefined): boolean => {
  switch (term.is) {
    case "there":
      return label !== undefined
    case "absent":
      return label === undefined
    case "in":
      return label !== undefined && term.values.includes(label)
    case "notin":
      return label === undefined || !term.values.includes(label)
    case "above":
      return wholeNumber(label) > term.bound
    case "below":
      return wholeNumber(label) < term.bound
  }
}

const wholeNumber = (text = ""): number => /^[+-]?\d+$/.test(text) ? Number(text) : NaN
