/** Starts Argo manifests that a client sends. */
import type { StartOptions } from "../../engine/life/start.ts"
import type { RunView } from "../../run/view.ts"
import { unversionedName } from "../../workflow/version.ts"
import { idByKey } from "../guard/Repeats.ts"
import type { Site } from "../Site.ts"
import type { Call } from "./asked.ts"
import { BadRequest } from "./failed.ts"

/** What a client sends. */
export interface ManifestRequest {
  readonly manifests: unknown
  readonly parameters: unknown
  readonly named: Named
}

/** How a run of a workflow of this name is started. */
export type Named = (workflow: string) => StartOptions

/** With an id of the key of the request, where it has one and names none. */
export const namedBy = ({ request, who }: Call, options: StartOptions): Named => (workflow) => ({
  ...idByKey(who, request, unversionedName(workflow)),
  ...options
})

/** Starts the workflow of some manifests. Throws BadRequest, InvalidManifest, InvalidInput. */
export const startManifest = async (
  site: Site,
  { manifests, named, parameters = {} }: ManifestRequest
): Promise<RunView> => {
  if (!Array.isArray(manifests) || !manifests.every(isFile)) {
    throw new BadRequest('"manifests" is a list of files, each with a "name" and its "text"')
  }
  const { load } = await import("../../argo/mod.ts")
  // A place on a disk is nothing that a client may name: it would be read again.
  const files = manifests.map(({ name, text }) => ({ name, text }))
  const workflow = load(files, site.manifests)
  const run = await site.pinnace.start(
    workflow,
    { parameters: parameters as Record<string, string> },
    named(workflow.name)
  )
  return await run.status()
}

const isFile = (value: unknown): value is { readonly name: string; readonly text: string } =>
  typeof value === "object" && value !== null && "name" in value && typeof value.name === "string" &&
  "text" in value && typeof value.text === "string"
