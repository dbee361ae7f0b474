/** What a value has to be, in words. Pure. */
import type { Shape } from "./shape.ts"

/** The words, as in `a whole number` or `a list of texts`. */
export const wordsOf = (shape: Shape): string => {
  switch (shape.is) {
    case "nothing":
      return "nothing"
    case "json":
      return "any value"
    case "text":
      return "text"
    case "boolean":
      return "yes or no"
    case "number":
      return `${shape.whole ? "whole number" : "number"}${boundsOf(shape)}`
    case "choice":
      return shape.of.map((it) => typeof it === "string" ? it : JSON.stringify(it)).join(" | ")
    case "maybe":
      return `${wordsOf(shape.of)}, may be left out`
    case "list":
      return `list of ${shape.of.is === "object" ? "records" : `(${wordsOf(shape.of)})`}`
    case "object":
      return `record of ${shape.parts.map(({ name }) => name).join(", ") || "nothing"}`
    case "one":
      return shape.of.map(({ shape: it, title }) => title || wordsOf(it)).join(" | ")
  }
}

const boundsOf = ({ least, most }: { readonly least?: number; readonly most?: number }): string =>
  least === undefined
    ? (most === undefined ? "" : ` up to ${most}`)
    : most === undefined
    ? ` from ${least}`
    : ` from ${least} to ${most}`
