/** Runs and nodes as text for people. */
import type { ManifestRun, NodeNews } from "../manifest/mod.ts"

const icons: Readonly<Record<string, string>> = {
  Pending: "◷",
  Running: "●",
  Succeeded: "✔",
  Skipped: "○",
  Omitted: "○",
  Failed: "✖",
  Error: "⚠"
}

/** A node in one line. */
export const nodeLine = ({ message, name, phase }: NodeNews): string =>
  `${icons[phase] ?? "?"} ${name} ${phase}${message === "" ? "" : `: ${message}`}`

/** A run that ended. */
export const summary = ({ message, name, outputs, phase }: ManifestRun): string => {
  const lines = (outputs.parameters ?? []).map((it) => `  ${it.name} = ${it.value}`)
  return [`${icons[phase] ?? "?"} ${name} ${phase}${message === "" ? "" : `: ${message}`}`, ...lines].join("\n")
}
