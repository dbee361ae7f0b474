/**
 * Prints every message that people can meet, with an example, by the part of the program that says it:
 * `npm run messages [-- --where] [-- --only PATTERN]`. `--where` tells the source of each.
 */
import { join } from "node:path"
import process from "node:process"
import { parseArgs } from "node:util"
import { collectMessages } from "./collect.ts"
import { listing } from "./listing.ts"

const { values } = parseArgs({ options: { where: { type: "boolean" }, only: { type: "string" } } })
const only = new RegExp(values.only ?? "")
const root = join(import.meta.dirname, "../../src")
const found = collectMessages(root).filter(({ text, where }) => only.test(text) || only.test(where))
process.stdout.write(listing(found, values.where === true))
