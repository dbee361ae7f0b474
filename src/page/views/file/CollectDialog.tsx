/** Deletes artifacts that nothing needs any more; says first which. */
import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { wordsOf } from "../../api/Client.ts"
import { send } from "../../api/connection.ts"
import { Banner, Loading } from "../../parts/Notice.tsx"
import { counted, size } from "../../state/words.ts"
import { ActionDialog } from "../run/ActionDialog.tsx"

interface Collection {
  readonly count: number
  readonly bytes: number
  readonly artifacts: ReadonlyArray<{ readonly name: string; readonly run: string }>
  readonly failures: ReadonlyArray<unknown>
}

/** The dialog. */
export const CollectDialog = () => {
  const plan = useSignal<Collection | undefined>(undefined)
  const problem = useSignal("")
  useEffect(() => {
    void send<Collection>("POST", "/gc", { dryRun: true }).then(
      (it) => void (plan.value = it),
      (error: unknown) => void (problem.value = wordsOf(error))
    )
  }, [])
  const many = plan.value?.count ?? 0
  return (
    <ActionDialog
      title="Delete what nothing needs"
      verb={many === 0 ? "Delete" : `Delete ${counted(many, "artifact")}`}
      tone="danger"
      isReady={many > 0}
      command={["gc"]}
      onDo={async () => {
        const { count, failures } = await send<Collection>("POST", "/gc")
        if (failures.length > 0) throw new Error(`${counted(failures.length, "artifact")} could not be deleted`)
        return `${counted(count, "artifact")} deleted`
      }}
    >
      {problem.value !== "" && <Banner tone="error">{problem.value}</Banner>}
      {plan.value === undefined && problem.value === "" && <Loading label="Asking what would go" rows={2} />}
      {plan.value !== undefined && (
        <p>
          {many === 0
            ? "Nothing is to be deleted."
            : `${counted(many, "artifact")}, ${size(plan.value.bytes)}, would go. This cannot be undone.`}
        </p>
      )}
      {many > 0 && (
        <ul class="names">
          {plan.value!.artifacts.slice(0, 50).map(({ name, run }, at) => (
            <li key={at}>
              {name} <span class="faint">of {run}</span>
            </li>
          ))}
        </ul>
      )}
    </ActionDialog>
  )
}
