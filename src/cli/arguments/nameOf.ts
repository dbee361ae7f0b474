import type { SomeWorkflow } from "../../embed/inspect.ts"

/** The name of a workflow. */
export const nameOf = (workflow: SomeWorkflow): string => (workflow as unknown as { readonly name: string }).name
