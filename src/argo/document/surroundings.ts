/** What all runs of one loaded manifest share, from its files and what its user allows it. */
import { ownTemporary } from "../../files/mod.ts"
import { PluginHosts } from "../bodies/plugin/PluginHosts.ts"
import { runNested } from "../bodies/resource/nested.ts"
import { executorOf, givenVariables, type LoadOptions } from "../Capabilities.ts"
import type { Surroundings } from "../compile/openSession.ts"
import { enteredBy, type Submission } from "../compile/submission.ts"
import type { Bundle, SourceFile } from "./decode/decode.ts"
import type { Library } from "./Library.ts"

/** A manifest that was accepted. */
interface Accepted {
  readonly files: ReadonlyArray<SourceFile>
  readonly bundle: Bundle
  readonly library: Library
  /** The workflow that is meant. */
  readonly submission: Submission
}

/** Makes it. Throws EngineMissing. */
export const surroundingsOf = (
  { bundle, files, library, submission }: Accepted,
  options: LoadOptions
): Surroundings => {
  const directory = options.directory ?? ownTemporary()
  return {
    ...submission,
    spec: enteredBy(submission, options.entrypoint),
    library,
    stores: bundle.stores,
    directory,
    executor: executorOf(options, directory),
    replacements: options.templates ?? {},
    plugins: new PluginHosts(options.plugins ?? {}, bundle),
    capabilities: options,
    given: givenVariables(options),
    nested: runNested,
    text: files.map(({ text }) => text).join("\n")
  }
}
