/** What resource templates can do here: actions by kind of object, and how kubectl's words name the kinds. Pure. */
const all: ReadonlyArray<string> = ["get", "create", "apply", "replace", "patch", "delete"]

/** Kinds with their actions. */
export const actionsOf: Readonly<Record<string, ReadonlyArray<string>>> = {
  Workflow: all,
  WorkflowTemplate: all,
  ClusterWorkflowTemplate: all,
  CronWorkflow: all,
  ConfigMap: all,
  Secret: all
}

/** Short names of kinds. */
const short: Readonly<Record<string, string>> = {
  wf: "Workflow",
  wftmpl: "WorkflowTemplate",
  cwft: "ClusterWorkflowTemplate",
  clusterwftmpl: "ClusterWorkflowTemplate",
  cwf: "CronWorkflow",
  cronwf: "CronWorkflow",
  cm: "ConfigMap"
}

/** The kind that a word of kubectl's command line means (`workflows.argoproj.io`, `cm`); `undefined` for others. */
export const kindOfWord = (word: string): string | undefined => {
  const plain = word.toLowerCase().replace(/\..*$/, "")
  const named = Object.keys(actionsOf).find((kind) => [plain, plain.replace(/s$/, "")].includes(kind.toLowerCase()))
  return named ?? (Object.hasOwn(short, plain) ? short[plain] : undefined)
}

/** The kind that the text of a manifest shows; `undefined` when it does not. */
export const kindIn = (manifest: string): string | undefined =>
  /^["']?kind["']?\s*:\s*["']?([A-Za-z]+)["']?/m.exec(manifest)?.[1]

/** The kind that flags show, as in `workflow my-wf`. */
export const kindInFlags = (flags: ReadonlyArray<string>): string | undefined =>
  flags.flatMap((it) => it.trim().split(/\s+/)).map((it) => kindOfWord(it.split("/")[0]!)).find((it) =>
    it !== undefined
  )
