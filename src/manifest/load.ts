/** From YAML to a workflow that the engine runs. */
import { ownTemporary } from "../files/mod.ts"
import type { AnyWorkflow } from "../workflow/Definition.ts"
import type { Workflow } from "../workflow/Workflow.ts"
import { type Bundle, decode, type SourceFile } from "./decode/decode.ts"
import { InvalidManifest, type ManifestIssue } from "./Issue.ts"
import { keep, readKept, withSecrets } from "./kept.ts"
import type { StoreDocument } from "./Manifest.ts"
import { executorOf, givenVariables, type Means } from "./Means.ts"
import { PluginHosts } from "./plugin/PluginHosts.ts"
import { neededOf, withoutForeignWorkflows } from "./resources.ts"
import { Library } from "./Library.ts"
import { lintBundle } from "./lint/lint.ts"
import type { Surroundings } from "./run/openSession.ts"
import { runNested } from "./run/nested.ts"
import { enteredBy, onlySubmissionOf } from "./run/submission.ts"
import { type ManifestFailed, type ManifestInput, type ManifestOutput, toWorkflow } from "./toWorkflow.ts"

/** How to load a manifest. */
export interface LoadOptions extends Means {
  /** Which workflow, by name, when the files hold several. Default the only Workflow, else the first CronWorkflow or template. */
  readonly workflow?: string
  /** Another entry point than the manifest's. */
  readonly entrypoint?: string
  /** Where artifacts, memo tables and the files of running nodes are kept; default a folder of this user in the system's temporary one, closed to others. */
  readonly directory?: string
  /** Is told of everything about the manifest that is not as it should be, and does not keep it from running. */
  readonly onWarning?: (issue: ManifestIssue) => void
}

/** Loads a manifest, given as text or as files. Throws InvalidManifest with every problem found, or EngineMissing. */
export const load = (
  source: string | ReadonlyArray<SourceFile>,
  options: LoadOptions = {}
): Workflow<ManifestInput, ManifestOutput, ManifestFailed> => {
  const files = typeof source === "string" ? [{ name: "manifest.yaml", text: source }] : source
  return loaded(files, decode(files, options.strict), options)
}

/** The workflow of a definition that is kept with runs; Secrets have the values they have in `files`. Throws when it cannot be used here. */
export const loadKept = (
  text: string,
  files: ReadonlyArray<SourceFile> = [],
  options: LoadOptions = {}
): Workflow<ManifestInput, ManifestOutput, ManifestFailed> => revive(text, decode(files).stores, options)

const revive = (text: string, secrets: ReadonlyArray<StoreDocument>, options: LoadOptions) => {
  const { files, ...chosen } = readKept(text)
  // It was accepted when it was kept.
  const bundle = decode(files, false)
  const { entrypoint: _, onWarning: _unheard, workflow: _other, ...means } = options
  return loaded(files, { ...bundle, stores: withSecrets(bundle.stores, secrets) }, { ...means, ...chosen })
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
  const directory = options.directory ?? ownTemporary()
  const surroundings: Surroundings = {
    ...submission,
    spec: enteredBy(submission, entrypoint),
    library,
    stores: bundle.stores,
    directory,
    executor: executorOf(options, directory),
    replacements: options.templates ?? {},
    plugins: new PluginHosts(options.plugins ?? {}, bundle),
    means: options,
    given: givenVariables(options),
    nested: runNested,
    text: files.map(({ text }) => text).join("\n")
  }
  return toWorkflow(surroundings, {
    kind: "manifest",
    ...keep({ files, bundle, owner: submission.owner, entrypoint }),
    revive: (text) => revive(text, bundle.stores, options) as unknown as AnyWorkflow
  })
}
