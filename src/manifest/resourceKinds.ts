/** What resource templates can do here: actions by kind of object. */
const changes: ReadonlyArray<string> = ["get", "create", "apply", "replace", "patch", "delete"]

/** Kinds with their actions. */
export const actionsOf: Readonly<Record<string, ReadonlyArray<string>>> = {
  Workflow: ["create", "apply"],
  ConfigMap: changes,
  Secret: changes
}
