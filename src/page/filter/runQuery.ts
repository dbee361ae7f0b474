/** What a filter of runs asks of the server. Pure. */
import { PHASES } from "../../run/Phase.ts"
import { parse } from "./filter.ts"

/** The keys, with what they mean. */
export const runKeys: ReadonlyArray<readonly [key: string, about: string]> = [
  ["phase:", "Running, Failed, Error, Succeeded, Pending"],
  ["workflow:", "the name of the workflow"],
  ["label:", "a label, as team=blue, or its name"],
  ["after:", "started after a day, as 2026-11-01"],
  ["before:", "started before a day"]
]

/** What is asked, or what is wrong with the text. */
export type RunQuery = { readonly query: URLSearchParams } | { readonly wrong: string }

const phaseOf = (value: string): string | undefined => PHASES.find((it) => it.toLowerCase() === value.toLowerCase())

/** The query of a filter. */
export const runQuery = (text: string): RunQuery => {
  const query = new URLSearchParams()
  const labels: Array<string> = []
  const words: Array<string> = []
  for (const { key, not, values } of parse(text)) {
    if (not && key !== "label") {
      return wrong(`"-${key}${key && ":"}${values.join(",")}": only labels can be excluded here`)
    }
    if (key === "") words.push(...values)
    else if (key === "phase") {
      const phases = values.map(phaseOf)
      if (phases.includes(undefined)) return wrong(`"phase:${values.join(",")}": use ${PHASES.join(", ")}`)
      query.set("phase", phases.join(","))
    } else if (key === "workflow") query.set("workflow", values[0]!)
    else if (key === "label") {
      labels.push(...values.map((it) => not ? (it.includes("=") ? it.replace("=", "!=") : `!${it}`) : it))
    } else if (key === "after" || key === "before") {
      const at = Date.parse(values[0]!)
      if (Number.isNaN(at)) return wrong(`"${key}:${values[0]}": write a day, as 2026-11-01`)
      query.set(key === "after" ? "createdAfter" : "createdBefore", String(at))
    } else return wrong(`"${key}:" means nothing for runs. Use ${runKeys.map(([it]) => it).join(" ")}`)
  }
  if (words.length > 0) query.set("text", words.join(" "))
  if (labels.length > 0) query.set("labels", labels.join(","))
  return { query }
}

const wrong = (text: string): RunQuery => ({ wrong: text })
