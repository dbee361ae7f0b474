/** `pinnace version`. */
import { versionText } from "../version.ts"
import type { Verb } from "../Verb.ts"

/** The verb. */
export const verb: Verb = {
  usage: "",
  about: "Prints the version of this program and of the runtime.",
  takes: [0, 0],
  options: {},
  examples: [["version", "to tell with a report of a bug"]],
  run: ({ shell }) => {
    shell.print(versionText())
    return Promise.resolve(0)
  }
}
