/** `pinnace help`. */
import { overview, page } from "../help.ts"
import { didYouMean } from "../../argo/document/decode/didYouMean.ts"
import { Usage } from "../Usage.ts"
import type { Verb } from "../Verb.ts"

/** The verb. */
export const verb: Verb = {
  usage: "[VERB]",
  about: "Explains a verb with its options and examples, or lists all verbs.",
  takes: [0, 1],
  options: {},
  examples: [["help retry", "how to run the failed part of a run again"]],
  run: async ({ args: [name], shell, table }) => {
    if (name === undefined) {
      shell.print(overview(shell.program, table, shell.names))
      return 0
    }
    const entry = Object.hasOwn(table, name) ? table[name] : undefined
    if (entry === undefined) {
      throw new Usage(`there is no verb "${name}". ${didYouMean(name, Object.keys(table))}`.trim())
    }
    shell.print(page(shell.program, name, (await entry.load()).verb))
    return 0
  }
}
