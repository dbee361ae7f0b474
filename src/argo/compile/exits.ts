/** What exit handlers of workflows, steps and tasks have in common. */
import type { Hook } from "../document/Manifest.ts"
import { type Arguments, resolveArguments } from "../values/arguments.ts"
import type { Session } from "./Session.ts"

/** The exit handler of a workflow, step or task; as in Argo, `onExit` goes before `hooks.exit`. */
export const exitHook = (
  { hooks, onExit }: { readonly hooks?: Readonly<Record<string, Hook>>; readonly onExit?: string }
): Hook | undefined => onExit === undefined || onExit === "" ? hooks?.["exit"] : { template: onExit }

/**
 * The arguments of the workflow: what an exit handler is called
 * with that has none of its own (`LifecycleHook.WithArgs`).
 */
export const workflowArguments = (session: Session): Arguments => {
  const how = { variables: session.variables, now: session.parts.now }
  const { artifacts } = resolveArguments(
    { artifacts: session.parts.spec.arguments?.artifacts ?? [] },
    how,
    () => false,
    session.parts.stores
  )
  const parameters = new Map((session.parts.spec.arguments?.parameters ?? []).flatMap(({ name = "" }) => {
    const value = session.parts.globals.get(`workflow.parameters.${name}`)
    return value === undefined ? [] : [[name, value] as const]
  }))
  return { artifacts, parameters }
}
