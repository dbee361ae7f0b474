import type { ChildProcess } from "node:child_process"

interface Handle {
  readonly ref?: () => void
  readonly unref?: () => void
}

/** Whether a child and its pipes keep this process from ending; not every runtime lets one say so of pipes. */
export const setLoopHold = (child: ChildProcess, hold: boolean): void => {
  for (const handle of [child, child.stdin, child.stdout] as ReadonlyArray<Handle | null>) {
    if (hold) handle?.ref?.()
    else handle?.unref?.()
  }
}
