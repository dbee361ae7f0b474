/** What retry, fork and resubmission share: another input, the plan of what runs again, and the button that does it. */
import { useSignal } from "@preact/signals"
import type { ComponentChildren } from "preact"
import type { AgainPlan as Plan } from "../../api/wire.ts"
import type { Given } from "../../state/commands.ts"
import type { AgainView } from "../../../view/again.ts"
import { ActionDialog, type Done } from "./ActionDialog.tsx"
import { AgainPlan, usePlan } from "./AgainPlan.tsx"
import { type Choice, former, OtherInput } from "./OtherInput.tsx"
import type { RunScene } from "./scene.ts"

interface Props {
  readonly scene: RunScene
  readonly title: string
  /** The word of the button, by what runs again. */
  readonly verb: (again: AgainView["again"]) => string
  /** What is asked for besides the input; with another one, the plan is another one. */
  readonly request: unknown
  readonly command: (given: Given) => ReadonlyArray<string>
  readonly plan: (given: Given) => Promise<Plan>
  /** Does it; answers what is said of it. */
  readonly onDo: (given: Given) => Promise<string | Done>
  /** Whether there is nothing to do when nothing runs again. */
  readonly needsWork?: boolean
  readonly children?: ComponentChildren
}

/** The dialog; what is chosen in it stands above the input. */
export const AgainDialog = (
  { children, command, needsWork = false, onDo, plan, request, scene, title, verb }: Props
) => {
  const choice = useSignal<Choice>(former)
  const { faults, given } = choice.value
  const asked = usePlan(scene, JSON.stringify([request, given]), () => plan(given))
  const again = asked.view?.again ?? []
  return (
    <ActionDialog
      title={title}
      verb={verb(again)}
      wide
      isReady={faults.length === 0 && asked.plan !== undefined && (!needsWork || again.length > 0)}
      command={command(given)}
      onDo={() => onDo(given)}
    >
      {children}
      <OtherInput choice={choice} scene={scene} />
      <AgainPlan asked={asked} />
    </ActionDialog>
  )
}
