/** Versions of workflows: `order@2` is another workflow than `order@1`, so that runs of both go on side by side. */
import type { Rule } from "./admit.ts"
import type { AnyWorkflow } from "./Definition.ts"
import { shown } from "./values.ts"

const plain = /^[\w.-]{1,64}$/

/** The rule for a version. */
export const versionRule: Rule = (value) =>
  typeof value === "string" && plain.test(value)
    ? undefined
    : { what: `is ${shown(value)}`, hint: 'Use a short text such as "2" or "2026-11"' }

/** The name of a version of a workflow. */
export const versioned = (name: string, version: string | undefined): string =>
  version === undefined ? name : `${name}@${version}`

/** The same of a name alone. */
export const unversionedName = (name: string): string => name.replace(/@[^@]*$/, "")

/** The name that all versions of a workflow have in common. */
export const unversioned = ({ name, version }: Pick<AnyWorkflow, "name" | "version">): string =>
  version === undefined ? name : name.slice(0, -version.length - 1)
