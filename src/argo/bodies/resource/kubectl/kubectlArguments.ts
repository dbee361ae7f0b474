/** What kubectl is asked to do for a resource template. Pure. */
import { parse } from "yaml"
import type { Resource } from "../../../document/Manifest.ts"

/** Everything kubectl can do for a template. */
export const kubectlActions: ReadonlyArray<string> = ["get", "create", "apply", "replace", "patch", "delete"]

/** The arguments that do it with the manifest in a file; the object comes back as JSON, of a deletion its name. */
export const actionArguments = (resource: Resource, file: string): ReadonlyArray<string> => {
  const { action = "", flags = [], mergeStrategy = "strategic" } = resource
  return [
    action,
    ...(action === "delete" ? ["--ignore-not-found"] : []),
    ...(action === "patch" ? ["--type", mergeStrategy, "--patch-file", file] : []),
    ...flags,
    ...(namesObject(resource) ? ["--filename", file] : []),
    ...["--output", action === "delete" ? "name" : "json"]
  ]
}

/** Whether the manifest says which object is meant; else the flags do, and kubectl takes only one of them. */
const namesObject = ({ action, manifest = "", mergeStrategy }: Resource): boolean =>
  action === "patch" ? mergeStrategy !== "json" && hasKind(manifest) : manifest.trim() !== ""

const hasKind = (manifest: string): boolean => {
  const object: unknown = parse(manifest, { logLevel: "error" })
  return typeof object === "object" && object !== null && "kind" in object
}

/** The arguments that tell of every change of the object in a file, beginning with how it is now. */
export const watchArguments = (file: string): ReadonlyArray<string> => [
  "get",
  ...["--filename", file, "--output", "json", "--watch"]
]

/** The arguments that print the name of the object in a file, or nothing when there is none, which is not a failure. */
export const existenceArguments = (file: string): ReadonlyArray<string> => [
  "get",
  ...["--filename", file, "--ignore-not-found", "--output", "name"]
]
