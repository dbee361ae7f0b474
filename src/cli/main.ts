#!/usr/bin/env node
/**
 * The command `pinnace`.
 *
 * @module
 */
import { realpathSync } from "node:fs"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { formatIssue, InvalidManifest } from "../manifest/mod.ts"
import { lintVerb } from "./lintVerb.ts"
import { runVerb } from "./runVerb.ts"
import { exitCodes, help, Usage } from "./Usage.ts"

const print = (text: string): void => console.log(text)
const complain = (text: string): void => console.error(text)

/** Runs the command line and answers the exit code. */
export const main = async (args: ReadonlyArray<string>): Promise<number> => {
  const [verb, ...rest] = args
  try {
    if (verb === "run") return await runVerb(rest, print)
    if (verb === "lint") return lintVerb(rest, print)
    if (verb === "help" || verb === "--help" || verb === "-h") {
      print(help)
      return 0
    }
    throw new Usage(verb === undefined ? "which verb?" : `there is no verb "${verb}"`)
  } catch (error) {
    return refuse(error)
  }
}

const refuse = (error: unknown): number => {
  if (error instanceof InvalidManifest) complain(error.issues.map(formatIssue).join("\n"))
  else if (error instanceof Usage || isArgumentError(error)) complain(`pinnace: ${(error as Error).message}\n\n${help}`)
  else {
    complain(`pinnace: ${(error as Error).message}`)
    return exitCodes.Error
  }
  return exitCodes.usage
}

const isArgumentError = (error: unknown): boolean =>
  error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS")

const isCommand = process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)
if (isCommand) process.exitCode = await main(process.argv.slice(2))
