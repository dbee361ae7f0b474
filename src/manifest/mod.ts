/**
 * Argo manifests in process: check them, run them with the embedded engine, look at them as Argo does.
 *
 * @module
 */

// Check
export { lint } from "./lint/lint.ts"
export { formatIssue, InvalidManifest } from "./Issue.ts"
export type { ManifestIssue, Severity } from "./Issue.ts"
export type { SourceFile } from "./decode/decode.ts"

// Run
export { load, ManifestFailed } from "./load.ts"
export type { LoadOptions, ManifestInput, ManifestOutput } from "./load.ts"
export type { ExecutorName } from "../process/chooseExecutor.ts"
export type { Replacement, ReplacementInput, ReplacementOutput } from "./run/Replacement.ts"

// Look
export { viewRun } from "./view.ts"
export type { ManifestNode, ManifestRun, Named } from "./view.ts"
export type { Inputs, NodeMeta, NodeType } from "./run/NodeMeta.ts"
export type { MemoStatus, OutputArtifact, OutputParameter, Outputs } from "./run/Result.ts"
