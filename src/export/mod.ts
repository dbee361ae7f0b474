/**
 * Typed workflows for Argo: a manifest whose containers run the bodies.
 *
 * @module
 */
export { exportArgo } from "./exportArgo.ts"
export type { ExportedWorkflow, ExportOptions } from "./exportArgo.ts"
export { NotExportable } from "./NotExportable.ts"
export type { ExportIssue } from "./NotExportable.ts"
export type { ImageOptions } from "./Containers.ts"
