/** Rules about lists of parameters and artifacts. */
import type { Parameters } from "../document/Manifest.ts"
import { named, report, type Subject, unique } from "./Subject.ts"

/** Names are there, well formed and unique; a value is one of its enum. */
export const checkParameters = (subject: Subject, list: Parameters | undefined, what: string): void => {
  for (const parameter of list?.parameters ?? []) {
    named(subject, `A parameter of ${what}`, parameter, true)
    const { enum: allowed, value } = parameter
    if (allowed === undefined) continue
    if (allowed.length === 0) {
      report(subject, parameter, "enum", { code: "enum", message: `The enum of "${parameter.name}" is empty` })
    } else if (value !== undefined && !value.includes("{{") && !allowed.includes(value)) {
      report(subject, parameter, "value", {
        code: "enum",
        message: `"${value}" is not one of the values of "${parameter.name}": ${allowed.join(", ")}`
      })
    }
  }
  unique(subject, `${what} parameter`, list?.parameters ?? [])
  for (const artifact of list?.artifacts ?? []) named(subject, `An artifact of ${what}`, artifact, true)
  unique(subject, `${what} artifact`, list?.artifacts ?? [])
}
