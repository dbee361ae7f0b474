/** From YAML to a workflow that the engine runs. */
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { LiveTaskContext } from "../engine/TaskContext.ts"
import { chooseExecutor, type ExecutorName } from "../process/chooseExecutor.ts"
import type { Executor } from "../process/Executor.ts"
import { task } from "../workflow/Task.ts"
import { type Workflow, workflow } from "../workflow/Workflow.ts"
import { decode, type SourceFile } from "./decode/decode.ts"
import { InvalidManifest } from "./Issue.ts"
import { Library } from "./Library.ts"
import { lintBundle } from "./lint/lint.ts"
import { openSession, type Surroundings } from "./run/openSession.ts"
import { runWorkflow } from "./run/program.ts"
import type { Replacement } from "./run/Replacement.ts"
import type { NodeResult, OutputParameter } from "./run/Result.ts"
import type { Session } from "./run/Session.ts"
import { submissionOf } from "./run/submission.ts"

/** A workflow whose verdict is `Failed`. */
export class ManifestFailed
  extends Schema.TaggedError<ManifestFailed>()("ManifestFailed", { message: Schema.String }) {}

/** How to load a manifest. */
export interface LoadOptions {
  /** Which workflow, by name, when the files hold several. Default the first. */
  readonly workflow?: string
  /** Another entry point than the manifest's. */
  readonly entrypoint?: string
  /** Where artifacts, memo tables and the files of running nodes are kept; default a folder in the system's temporary one. */
  readonly directory?: string
  /** Where processes run; default in a sandbox where that works, else on the host. */
  readonly executor?: ExecutorName
  /** Functions that run in place of templates, by name: for tests. */
  readonly templates?: Readonly<Record<string, Replacement>>
}

/** The arguments of a run: values of workflow parameters. */
export interface ManifestInput {
  readonly parameters: Readonly<Record<string, string>>
}

/** What a run gives: its global outputs. */
export interface ManifestOutput {
  readonly parameters: Readonly<Record<string, string>>
}

const inputSchema = { parameters: Schema.Record(Schema.String, Schema.String) }
const outputSchema = { parameters: Schema.Record(Schema.String, Schema.String) }

/** Loads a manifest, given as text or as files. Throws InvalidManifest with every problem found. */
export const load = (
  source: string | ReadonlyArray<SourceFile>,
  options: LoadOptions = {}
): Workflow<ManifestInput, ManifestOutput, ManifestFailed> => {
  const files = typeof source === "string" ? [{ name: "manifest.yaml", text: source }] : source
  const bundle = decode(files)
  const issues = lintBundle(bundle)
  if (issues.some(({ severity }) => severity === "error")) throw new InvalidManifest(issues)
  const library = new Library(bundle)
  const submission = submissionOf(bundle, library, options.workflow)
  if (submission === undefined) throw new InvalidManifest([nothingToRun(files, options.workflow)])
  const spec = options.entrypoint === undefined
    ? submission.spec
    : { ...submission.spec, entrypoint: options.entrypoint }
  const directory = options.directory ?? join(tmpdir(), "pinnace")
  const surroundings: Surroundings = {
    ...submission,
    spec,
    library,
    stores: bundle.stores,
    directory,
    executor: lazily(() => chooseExecutor(options.executor ?? "auto", directory)),
    replacements: options.templates ?? {},
    text: files.map(({ text }) => text).join("\n")
  }
  return workflowOf(surroundings)
}

const nothingToRun = (files: ReadonlyArray<SourceFile>, name: string | undefined) => ({
  severity: "error" as const,
  code: "nothing",
  file: files[0]?.name ?? "",
  line: 1,
  column: 1,
  text: "",
  message: name === undefined ? "There is no workflow to run" : `There is no workflow "${name}"`,
  hint: ""
})

const lazily = (make: () => Executor): () => Executor => {
  let made: Executor | undefined
  return () => made ??= make()
}

const workflowOf = (surroundings: Surroundings): Workflow<ManifestInput, ManifestOutput, ManifestFailed> => {
  const { metadata } = surroundings.owner.document
  const name = (metadata.name ?? metadata.generateName ?? "workflow").replace(/[^\w-]+/g, "-").replace(/-+$/, "")
  const main = task("main", {
    input: inputSchema,
    output: outputSchema,
    errors: [ManifestFailed],
    run: (input: ManifestInput, context) =>
      Effect.suspend(() => {
        const { live } = context as LiveTaskContext
        const session = openSession(surroundings, input.parameters, live)
        return Effect.flatMap(runWorkflow(session, live), (result) => verdict(session, result))
      })
  })
  return workflow(
    name,
    { input: inputSchema, output: outputSchema, errors: [ManifestFailed] },
    (w) => w.node("main", main, { input: (_: unknown, input: ManifestInput) => input })
  )
}

const verdict = (session: Session, result: NodeResult): Effect.Effect<ManifestOutput, ManifestFailed> => {
  const message = result.message ?? ""
  if (result.phase === "Failed") return Effect.fail(new ManifestFailed({ message }))
  if (result.phase === "Error") return Effect.die(new Error(message))
  return Effect.succeed({ parameters: valuesOf(session.parameters.values()) })
}

const valuesOf = (parameters: Iterable<OutputParameter>): Readonly<Record<string, string>> =>
  Object.fromEntries([...parameters].map(({ name, value }) => [name, value]))
