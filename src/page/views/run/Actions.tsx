/** What can be done about a run: the likely ones as buttons, the others in a menu. */
import { useSignal } from "@preact/signals"
import { useLayoutEffect, useRef } from "preact/hooks"
import { takeKeys } from "../../app/keys.ts"
import { Icon, type Sign } from "../../parts/Icon.tsx"
import { isReadOnly, session } from "../../state/session.ts"
import { isFailure, type Phase } from "../../../run/Phase.ts"
import type { DialogKind } from "./dialogKinds.ts"
import { useUndoable } from "./undoable.ts"
import { dialog, offered, type RunScene } from "./scene.ts"

interface Action {
  readonly is: DialogKind
  readonly title: string
  readonly sign: Sign
  /** A key that does the same. */
  readonly key?: string
  readonly tone?: "primary" | "danger"
  /** Whether it only looks at the run, so that it may be done where nothing can be changed. */
  readonly isLook?: boolean
}

const forOpen = (isSuspended: boolean): ReadonlyArray<Action> => [
  isSuspended
    ? { is: "resume", title: "Resume", sign: "play", tone: "primary" }
    : { is: "suspend", title: "Suspend", sign: "pause" },
  { is: "stop", title: "Stop", sign: "stop", key: "s" },
  { is: "terminate", title: "Terminate", sign: "cross", tone: "danger" },
  { is: "delete", title: "Delete", sign: "trash", tone: "danger" }
]

const forEnded = (hasFailed: boolean, undoes: boolean): ReadonlyArray<Action> => [
  { is: "retry", title: "Retry", sign: "again", key: "r", ...hasFailed ? { tone: "primary" as const } : {} },
  { is: "resubmit", title: "Run again", sign: "play" },
  ...undoes ? [{ is: "compensate", title: "Undo", sign: "undo", tone: "danger" } as const] : [],
  { is: "compare", title: "Compare", sign: "branch", key: "d", isLook: true },
  { is: "export", title: "Export", sign: "download", isLook: true },
  { is: "delete", title: "Delete", sign: "trash", tone: "danger" }
]

/** What may be done: nothing about what is past or deleted, and where nothing can be changed, only what looks at it. */
const actionsOf = (
  { isLive, isOpen, open, run, seq }: RunScene,
  undoable: number
): ReadonlyArray<Action> => {
  if (!isLive || open.isDeleted.value) return []
  const all = isOpen
    ? forOpen(open.history.run(seq)?.suspended === true)
    : forEnded(isFailure(run.phase as Phase), undoable > 0)
  return isReadOnly() ? all.filter(({ isLook }) => isLook === true) : all
}

/** The others, in a menu; what it opens gives the focus back to it, since an item is gone by then. */
const Menu = ({ actions }: { readonly actions: ReadonlyArray<Action> }) => {
  const isOpen = useSignal(false)
  const button = useRef<HTMLButtonElement>(null)
  const leave = (): void => {
    isOpen.value = false
    button.current?.focus()
  }
  useLayoutEffect(() => isOpen.value ? takeKeys({ Escape: leave }) : undefined, [isOpen.value])
  return (
    <div
      class="menu-place"
      onFocusOut={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget as HTMLElement | null)) isOpen.value = false
      }}
    >
      <button
        ref={button}
        type="button"
        class="icon-button"
        aria-label="More actions"
        aria-expanded={isOpen.value}
        onClick={() => void (isOpen.value = !isOpen.value)}
      >
        <Icon sign="more" />
      </button>
      {isOpen.value && (
        <ul class="menu">
          {actions.map(({ is, sign, title, tone = "" }) => (
            <li key={is}>
              <button
                type="button"
                class={`quiet ${tone}`}
                onClick={() => {
                  leave()
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
  )
}

/** The buttons. */
export const Actions = ({ scene }: { readonly scene: RunScene }) => {
  const actions = actionsOf(scene, useUndoable(scene.run, !scene.isOpen))
  // Keys count from the first moment on: what they ask for is shown as soon as it is known who the server is.
  useLayoutEffect(() => {
    offered.value = actions.map(({ is }) => is)
    const keyed = actions.flatMap(({ is, key }) =>
      key === undefined ? [] : [[key, () => void (dialog.value = { is })] as const]
    )
    const leave = takeKeys(Object.fromEntries(keyed))
    return () => {
      offered.value = []
      leave()
    }
  }, [actions.map(({ is }) => is).join()])
  if (session.value === undefined || actions.length === 0) return null
  return (
    <div class="actions">
      {actions.slice(0, 2).map(({ is, key, sign, title, tone = "" }) => (
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
      {actions.length > 2 && <Menu actions={actions.slice(2)} />}
    </div>
  )
}
