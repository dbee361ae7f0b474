/** `pinnace lint`. */
import { lintVerb } from "../lintVerb.ts"
import { outputOption } from "../outputOption.ts"
import type { Verb } from "../Verb.ts"

/** The verb. */
export const verb: Verb = {
  usage: "FILE… [-o plain|json]",
  about:
    "Tells every problem of Argo manifests, with file, line, column and what to do. The exit code is 64 when there is one.",
  takes: [1, Infinity],
  options: { output: outputOption(["plain", "json"]) },
  examples: [
    ["lint hello.yaml", "one file"],
    ["lint workflows/ -o json", "all manifests of a directory, for an editor"]
  ],
  run: ({ args, flags, shell }) => {
    const format = flags.text("output")
    return Promise.resolve(lintVerb([...args, ...(format === undefined ? [] : ["-o", format])], shell.print))
  }
}
