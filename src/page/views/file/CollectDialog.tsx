/** Deletes artifacts that nothing needs any more; says first which. */
import { send } from "../../api/connection.ts"
import { Reading } from "../../parts/Reading.tsx"
import { useLoaded } from "../../state/loaded.ts"
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
  const plan = useLoaded("gc", () => send<Collection>("POST", "/gc", { dryRun: true }))
  const many = plan.value.value?.count ?? 0
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
      <Reading of={plan} label="Asking what would go" rows={2}>
        {({ artifacts, bytes }) =>
          many === 0 ? <p>Nothing is to be deleted.</p> : (
            <>
              <p>{counted(many, "artifact")}, {size(bytes)}, would go. This cannot be undone.</p>
              <ul class="names">
                {artifacts.slice(0, 50).map(({ name, run }, at) => (
                  <li key={at}>
                    {name} <span class="faint">of {run}</span>
                  </li>
                ))}
                {many > 50 && <li class="faint">and {many - 50} more</li>}
              </ul>
            </>
          )}
      </Reading>
    </ActionDialog>
  )
}
