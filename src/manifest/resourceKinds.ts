/** What resource templates can do here: actions by kind of object. Pure. */
const changes: ReadonlyArray<string> = ["get", "create", "apply", "replace", "patch", "delete"]

/** Kinds with their actions. */
export const actionsOf: Readonly<Record<string, ReadonlyArray<string>>> = {
  Workflow: ["create", "apply"],
  ConfigMap: changes,
  Secret: changes
}

/** The kind that the text of a manifest shows; `undefined` when it does not. */
export const kindIn = (manifest: string): string | undefined =>
  /^["']?kind["']?\s*:\s*["']?([A-Za-z]+)["']?/m.exec(manifest)?.[1]
