/**
 * Argo manifests in process: check them, run them with the embedded engine, look at them as Argo does.
 *
 * @module
 */

// Check
export { lint } from "./lint/lint.ts"
export { formatIssue, InvalidManifest } from "./document/Issue.ts"
export type { ManifestIssue, Severity } from "./document/Issue.ts"
export { describeEnvironment } from "./Capabilities.ts"
export { formatReport, supportReport } from "./document/report.ts"
export type { FieldReport } from "./document/report.ts"
export type { SourceFile } from "./document/decode/decode.ts"

// Run
export { load, loadKept } from "./document/load.ts"
export type { LoadOptions } from "./Capabilities.ts"
export { ManifestFailed } from "./toWorkflow.ts"
export type { ManifestInput, ManifestOutput } from "./toWorkflow.ts"
export type { Capabilities } from "./Capabilities.ts"
export { EngineMissing } from "../process/container/Engine.ts"
export type { ExecutorName } from "../process/chooseExecutor.ts"
export type { Replacement, ReplacementInput, ReplacementOutput } from "./bodies/Replacement.ts"

// Keep CronWorkflows going
export { loadCrons } from "./cron/loadCrons.ts"
export type { LoadedCron } from "./cron/loadCrons.ts"
export { CronKeeper } from "./cron/CronKeeper.ts"
export type { CronKeeping, CronNews } from "./cron/CronKeeper.ts"
export type { ConcurrencyPolicy, CronWorkflow } from "./cron/CronWorkflow.ts"
export { nextOf } from "./cron/Schedule.ts"
export type { Schedule } from "./cron/Schedule.ts"

// Command
export {
  resubmittedAlso,
  resumeManifest,
  retryManifest,
  setManifestNode,
  stopManifestNodes
} from "./commands/commands.ts"
export type { ManifestRetry } from "./commands/commands.ts"
export { BadSelector } from "../run/select/BadSelector.ts"
export type { Resumption } from "./bodies/suspend.ts"

// Look
export { viewRun } from "./view.ts"
export type { Named } from "./ShownNodes.ts"
export type { ManifestNode, ManifestRun } from "./view.ts"
export type { Inputs, NodeMeta, NodeType } from "./compile/NodeMeta.ts"
export type { MemoStatus, OutputArtifact, OutputParameter, Outputs } from "./values/Result.ts"

export type { KeySelector, S3Location } from "./document/Locations.ts"
export type { Metadata } from "./document/Manifest.ts"
export type { Support } from "./document/decode/Field.ts"
