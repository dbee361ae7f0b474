/**
 * Prints what people can meet, with an example, by the part of the program that says it: one message for each way to
 * begin, to be read in ten minutes. `npm run messages -- --all` prints every one, `--only PATTERN` those that match,
 * `--where` also the source of each.
 */
import { join } from "node:path"
import process from "node:process"
import { parseArgs } from "node:util"
import { collectMessages } from "./collect.ts"
import { digest, listing } from "./listing.ts"

const { values } = parseArgs({
  options: {
    all: { type: "boolean" },
    where: { type: "boolean" },
    only: { type: "string" }
  }
})
const only = new RegExp(values.only ?? "")
const root = join(import.meta.dirname, "../../src")
const found = collectMessages(root).filter(({ text, where }) => only.test(text) || only.test(where))
const isWhole = values.all === true || values.where === true || values.only !== undefined
process.stdout.write(isWhole ? listing(found, values.where === true) : digest(found))
