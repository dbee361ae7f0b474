/** `pinnace lint`. */
import { capabilitiesOf, meansOptions } from "../arguments/definitionOptions.ts"
import { lintVerb } from "../running/lintManifests.ts"
import { outputOption } from "../arguments/outputOption.ts"
import type { Verb } from "../Verb.ts"

/** The verb. */
export const verb: Verb = {
  usage: "FILE… [--report] [-o plain|json]",
  about:
    "Reports every problem in Argo manifests, with file, line, column and what to do. The exit code is 64 if there is one.",
  takes: [1, Infinity],
  options: {
    report: { type: "boolean", about: "Report instead whether each field that is used is supported, and if not, why" },
    pool: { type: "string", multiple: true, value: "NAME", about: "A pool that workers offer; of any other is warned" },
    ...meansOptions,
    output: outputOption(["plain", "json"])
  },
  examples: [
    ["lint hello.yaml", "one file"],
    ["lint hello.yaml --report", "what is honoured, ignored or refused"],
    ["lint workflows/ -o json", "all manifests of a directory, for an editor"]
  ],
  run: ({ args, flags, shell }) => {
    const json = flags.text("output") === "json"
    // The values are of no interest here, and need not be set.
    const env = Object.fromEntries(flags.all("env").map((text) => [text.split("=")[0]!, ""]))
    const pools = flags.all("pool")
    const capabilities = { ...capabilitiesOf(flags), env, ...(pools.length === 0 ? {} : { pools }) }
    const request = { paths: args, capabilities, report: flags.on("report"), json }
    return Promise.resolve(lintVerb(request, shell.print))
  }
}
