/** The CronWorkflows of manifests, each with the workflow that its runs run. */
import { decodeFiles } from "../document/admitted.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import type { SourceFile } from "../document/decode/decode.ts"
import { InvalidManifest } from "../document/Issue.ts"
import { load } from "../document/load.ts"
import type { LoadOptions } from "../Capabilities.ts"
import { withoutForeignWorkflows } from "../document/resources.ts"
import { cronOf, type CronWorkflow } from "./CronWorkflow.ts"

/** A CronWorkflow that can be kept going. */
export interface LoadedCron {
  /** When it runs, and what holds for its runs. */
  readonly cron: CronWorkflow
  /** What each of its runs executes. */
  readonly workflow: AnyWorkflow
}

/** Loads all CronWorkflows of some files. Throws InvalidManifest, also when there is none. */
export const loadCrons = (files: ReadonlyArray<SourceFile>, options: LoadOptions = {}): ReadonlyArray<LoadedCron> => {
  const documents = withoutForeignWorkflows(decodeFiles(files)).workflows.map(({ document }) => document)
  const crons = documents.filter(({ kind }) => kind === "CronWorkflow")
  if (crons.length === 0) {
    // What else is wrong with the files is said first.
    load(files, options)
    throw new InvalidManifest([nothing(files[0]?.name ?? "")])
  }
  return crons.map((document) => {
    const workflow = load(files, { ...options, workflow: document.metadata.name ?? "" })
    return { cron: cronOf(document), workflow: workflow as unknown as AnyWorkflow }
  })
}

const nothing = (file: string) => ({
  severity: "error" as const,
  code: "nothing",
  file,
  line: 1,
  column: 1,
  text: "",
  message: "There is no CronWorkflow here",
  hint: "Write one of kind: CronWorkflow, or use run"
})
