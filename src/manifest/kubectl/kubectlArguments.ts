/** What kubectl is asked to do for a resource template. Pure. */
import type { Resource } from "../Manifest.ts"

/** Everything kubectl can do for a template. */
export const kubectlActions: ReadonlyArray<string> = ["get", "create", "apply", "replace", "patch", "delete"]

/** The arguments that do it with the manifest in a file; the object comes back as JSON, of a deletion its name. */
export const actionArguments = (
  { action = "", flags = [], manifest = "", mergeStrategy }: Resource,
  file: string
): ReadonlyArray<string> => [
  action,
  ...(action === "patch" ? ["--type", mergeStrategy ?? "strategic", "--patch", manifest] : []),
  ...flags,
  ...["--filename", file, "--output", action === "delete" ? "name" : "json"]
]

/** The arguments that tell of every change of the object in a file, beginning with how it is now. */
export const watchArguments = (file: string): ReadonlyArray<string> => [
  "get",
  ...["--filename", file, "--output", "json", "--watch"]
]
