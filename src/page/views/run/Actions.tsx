/** What can be done about a run: the likely ones as buttons, the others in a menu. */
import { useSignal } from "@preact/signals"
import { useLayoutEffect } from "preact/hooks"
import { takeKeys } from "../../app/keys.ts"
import { Icon, type Sign } from "../../parts/Icon.tsx"
import { canAct, isReadOnly } from "../../state/session.ts"
import { isFailure, type Phase } from "../../../run/Phase.ts"
import { dialog, offered, type RunScene } from "./scene.ts"

interface Action {
  readonly is: string
  readonly title: string
  readonly sign: Sign
  /** A key that does the same. */
  readonly key?: string
  readonly tone?: "primary" | "danger"
}

const forOpen = (isSuspended: boolean): ReadonlyArray<Action> => [
  isSuspended
    ? { is: "resume", title: "Resume", sign: "play", tone: "primary" }
    : { is: "suspend", title: "Suspend", sign: "pause" },
  { is: "stop", title: "Stop", sign: "stop", key: "s" },
  { is: "terminate", title: "Terminate", sign: "cross", tone: "danger" },
  { is: "delete", title: "Delete", sign: "trash", tone: "danger" }
]

const forEnded = (hasFailed: boolean): ReadonlyArray<Action> => [
  { is: "retry", title: "Retry", sign: "again", key: "r", ...hasFailed ? { tone: "primary" as const } : {} },
  { is: "resubmit", title: "Run again", sign: "play" },
  { is: "compare", title: "Compare", sign: "branch", key: "d" },
  { is: "export", title: "Export", sign: "download" },
  { is: "delete", title: "Delete", sign: "trash", tone: "danger" }
]

const actionsOf = ({ isOpen, open, run, seq }: RunScene): ReadonlyArray<Action> =>
  isOpen ? forOpen(open.history.run(seq)?.suspended === true) : forEnded(isFailure(run.phase as Phase))

/** The buttons. */
export const Actions = ({ scene }: { readonly scene: RunScene }) => {
  const isMenu = useSignal(false)
  const actions = actionsOf(scene)
  // Keys count from the first moment on: what they ask for is shown as soon as it is known who the server is.
  const may = !isReadOnly() && scene.isLive
  useLayoutEffect(() => {
    if (!may) return
    offered.value = actions.map(({ is }) => is)
    const keyed = actions.flatMap(({ is, key }) =>
      key === undefined ? [] : [[key, () => void (dialog.value = { is })] as const]
    )
    const leave = takeKeys(Object.fromEntries(keyed))
    return () => {
      offered.value = []
      leave()
    }
  }, [may, actions.map(({ is }) => is).join()])
  if (!may || !canAct()) return null
  const [first, second, ...rest] = actions
  return (
    <div class="actions">
      {[first!, second!].map(({ is, key, sign, title, tone = "" }) => (
        <button
          key={is}
          type="button"
          class={tone}
          title={key === undefined ? title : `${title} (${key})`}
          onClick={() => void (dialog.value = { is })}
        >
          <Icon sign={sign} size={14} />
          <span>{title}…</span>
        </button>
      ))}
      <div class="menu-place">
        <button
          type="button"
          class="icon-button"
          aria-label="More actions"
          aria-expanded={isMenu.value}
          onClick={() => void (isMenu.value = !isMenu.value)}
          onBlur={(event) => {
            if (!(event.relatedTarget as HTMLElement | null)?.closest(".menu")) isMenu.value = false
          }}
        >
          <Icon sign="more" />
        </button>
        {isMenu.value && (
          <ul class="menu">
            {rest.map(({ is, sign, title, tone = "" }) => (
              <li key={is}>
                <button
                  type="button"
                  class={`quiet ${tone}`}
                  onClick={() => {
                    isMenu.value = false
                    dialog.value = { is }
                  }}
                >
                  <Icon sign={sign} size={14} />
                  {title}…
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  )
}
