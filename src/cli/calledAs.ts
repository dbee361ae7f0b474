/** How a person has to call this command again. */
import { basename } from "node:path"
import process from "node:process"
import { isStandalone } from "./selfCommand.ts"

/** `pinnace`, `npx pinnace`, or the name of the executable that holds it. */
export const calledAs = (): string => {
  const [, script = ""] = process.argv
  if (isStandalone(script)) return basename(process.execPath)
  const { npm_lifecycle_event: event, npm_lifecycle_script: written = "" } = process.env
  return event === "npx" && /^"?pinnace\b/.test(written) ? "npx pinnace" : "pinnace"
}
