/** Functions of Sprig that cost more than their arguments are long, or make more: these are metered. */
import { asList, asString, asWhole } from "../arguments.ts"
import type { Budget } from "../Budget.ts"
import { toJson } from "../json.ts"
import { workOf } from "../measure.ts"
import { regex } from "../regex.ts"
import { expand, findAll, replaceAll, splitBy } from "../regexFunctions.ts"
import { equal, isList, type Value } from "../Value.ts"
import { type Functions, text } from "./values.ts"

/** By name, with what they may use. */
export const metered = (budget: Budget): Functions => ({
  repeat: (count, value) => {
    const times = Math.max(0, asWhole(count))
    budget.grow(times * text(value).length)
    return text(value).repeat(times)
  },
  indent: (size, value) => indented(text(value), Math.max(0, asWhole(size)), budget),
  nindent: (size, value) => `\n${indented(text(value), Math.max(0, asWhole(size)), budget)}`,
  replace: (from, to, value) => replaced(text(value), text(from), text(to), budget),
  join: (by, list) => {
    if (!isList(list ?? null)) return text(list)
    budget.grow(asList(list).length * text(by).length)
    return asList(list).filter((it) => it !== null).map(text).join(text(by))
  },
  sortAlpha: (list) => {
    budget.work(workOf(list ?? null) * 100)
    return asList(list).filter((it) => it !== null).map(text).toSorted()
  },
  regexMatch: (pattern, value) => regex(asString(pattern), budget).test(text(value)),
  regexFind: (pattern, value) => findAll(regex(asString(pattern), budget), text(value), 1)[0] ?? "",
  regexFindAll: (pattern, value, most) => findAll(regex(asString(pattern), budget), text(value), asWhole(most)),
  regexReplaceAll: (pattern, value, by) =>
    replaceAll(
      regex(asString(pattern), budget),
      text(value),
      (match) => grown(expand(text(by), text(value), match), budget)
    ),
  regexReplaceAllLiteral: (pattern, value, by) =>
    replaceAll(regex(asString(pattern), budget), text(value), () => grown(text(by), budget)),
  regexSplit: (pattern, value, most) => splitBy(regex(asString(pattern), budget), text(value), asWhole(most)),
  uniq: (list) => {
    const kept: Array<Value> = []
    for (const item of asList(list)) {
      budget.work(kept.length * (workOf(item) + 10))
      if (!kept.some((other) => equal(item, other))) kept.push(item)
    }
    return kept
  },
  without: (list, ...out) => {
    budget.work(workOf(list ?? null) * out.length)
    return asList(list).filter((item) => !out.some((other) => equal(item, other)))
  },
  toPrettyJson: (value) => toJson(value ?? null, "  ", budget)
})

const grown = (made: string, budget: Budget): string => {
  budget.grow(made.length)
  return made
}

const indented = (value: string, size: number, budget: Budget): string => {
  budget.grow(value.split("\n").length * size)
  return value.replace(/^/gm, " ".repeat(size))
}

const replaced = (value: string, from: string, to: string, budget: Budget): string => {
  const pieces = value.split(from)
  budget.grow((pieces.length + 1) * to.length)
  return from === "" ? value.replaceAll("", () => to) : pieces.join(to)
}
