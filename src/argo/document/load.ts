/** From YAML to a workflow that the engine runs. */
import type { Workflow } from "../../workflow/Workflow.ts"
import { admitLoad, decodeFiles } from "./admitted.ts"
import type { Bundle, SourceFile } from "./decode/decode.ts"
import { InvalidManifest } from "./Issue.ts"
import { keep, readKept, withSecrets } from "./kept.ts"
import type { LoadOptions } from "../Capabilities.ts"
import { neededOf, withoutForeignWorkflows } from "./resources.ts"
import { Library } from "./Library.ts"
import { lintBundle } from "../lint/lint.ts"
import { runOrder } from "../compile/order.ts"
import { onlySubmissionOf } from "../compile/submission.ts"
import { surroundingsOf } from "./surroundings.ts"
import { type ManifestFailed, type ManifestInput, type ManifestOutput, toWorkflow } from "../toWorkflow.ts"

/** Loads a manifest, given as text or as files. Throws InvalidManifest with every problem found, or EngineMissing. */
export const load = (
  source: string | ReadonlyArray<SourceFile>,
  given: LoadOptions = {}
): Workflow<ManifestInput, ManifestOutput, ManifestFailed> => {
  const options = admitLoad(given)
  const files = typeof source === "string" ? [{ name: "manifest.yaml", text: source }] : source
  return loaded(files, decodeFiles(files, options.strict), options)
}

/**
 * The workflow of a definition that is kept with runs; Secrets have
 * the values they have in `files`. Throws when it cannot be used here.
 */
export const loadKept = (
  text: string,
  files: ReadonlyArray<SourceFile> = [],
  options: LoadOptions = {}
): Workflow<ManifestInput, ManifestOutput, ManifestFailed> =>
  revive(text, decodeFiles(files).stores, admitLoad(options))

const revive = (text: string, secrets: Bundle["stores"], options: LoadOptions) => {
  const { files, ...chosen } = readKept(text)
  // It was accepted when it was kept.
  const bundle = decodeFiles(files, false)
  const { entrypoint: _, onWarning: _unheard, workflow: _other, ...capabilities } = options
  return loaded(files, { ...bundle, stores: withSecrets(bundle.stores, secrets) }, { ...capabilities, ...chosen })
}

const loaded = (
  files: ReadonlyArray<SourceFile>,
  decoded: Bundle,
  options: LoadOptions
): Workflow<ManifestInput, ManifestOutput, ManifestFailed> => {
  const bundle = withoutForeignWorkflows(decoded)
  const issues = lintBundle(neededOf(bundle), options)
  if (issues.some(({ severity }) => severity === "error")) throw new InvalidManifest(issues)
  for (const issue of issues) options.onWarning?.(issue)
  const library = new Library(bundle)
  const submission = onlySubmissionOf(bundle, library, options.workflow, files[0]?.name ?? "")
  const { entrypoint } = options
  const surroundings = surroundingsOf({ files, bundle, library, submission }, options)
  return toWorkflow(surroundings, {
    kind: "manifest",
    ...keep({ files, bundle, owner: submission.owner, entrypoint }),
    revive: (text) => revive(text, bundle.stores, options) as never,
    ordered: (live, order, input) => runOrder(surroundings, live, order, input)
  })
}
