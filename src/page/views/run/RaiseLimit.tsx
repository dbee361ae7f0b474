/** Raises the limit of a semaphore that a node waits for. */
import { get } from "../../api/connection.ts"
import type { Semaphore } from "../../api/wire.ts"
import { Dialog } from "../../parts/Dialog.tsx"
import { Reading } from "../../parts/Reading.tsx"
import { useLoadedOnce } from "../../state/loaded.ts"
import { LimitDialog } from "../locks/LocksPage.tsx"
import { dialog } from "./scene.ts"

/** The dialog; it begins with one more than there is. */
export const RaiseLimit = ({ name }: { readonly name: string }) => {
  const read = useLoadedOnce(name, () => get<ReadonlyArray<Semaphore>>("/locks"))
  const it = read.value.value?.find((one) => one.name === name)
  if (it !== undefined) return <LimitDialog it={{ ...it, limit: (it.limit ?? 0) + 1 }} onDone={() => {}} />
  return (
    <Dialog title={`Limit of ${name}`} onClose={() => void (dialog.value = undefined)}>
      <div class="dialog-body">
        <Reading of={read} label="Reading the locks">
          {() => <p>No run holds or wants its permits any more.</p>}
        </Reading>
      </div>
    </Dialog>
  )
}
