/** `pinnace lint`. */
import { meansOf, meansOptions } from "../definitionOptions.ts"
import { lintVerb } from "../lintVerb.ts"
import { outputOption } from "../outputOption.ts"
import type { Verb } from "../Verb.ts"

/** The verb. */
export const verb: Verb = {
  usage: "FILE… [--report] [-o plain|json]",
  about:
    "Tells every problem of Argo manifests, with file, line, column and what to do. The exit code is 64 when there is one.",
  takes: [1, Infinity],
  options: {
    report: { type: "boolean", about: "Tell instead of every field that is used whether it is supported, or why not" },
    ...meansOptions,
    output: outputOption(["plain", "json"])
  },
  examples: [
    ["lint hello.yaml", "one file"],
    ["lint hello.yaml --report", "what of it is honoured, ignored or refused"],
    ["lint workflows/ -o json", "all manifests of a directory, for an editor"]
  ],
  run: ({ args, flags, shell }) => {
    const json = flags.text("output") === "json"
    // The values are of no interest here, and need not be set.
    const env = Object.fromEntries(flags.all("env").map((text) => [text.split("=")[0]!, ""]))
    const means = { ...meansOf(flags), env }
    const request = { paths: args, means, report: flags.on("report"), json }
    return Promise.resolve(lintVerb(request, shell.print))
  }
}
