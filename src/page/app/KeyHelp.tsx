/** The keys, told. */
import { signal } from "@preact/signals"
import { Dialog } from "../parts/Dialog.tsx"
import { pages } from "./pages.ts"

/** Whether the keys are shown. */
export const isHelpOpen = signal(false)

const keys: ReadonlyArray<readonly [keys: string, about: string]> = [
  ["j k ↓ ↑", "down, up"],
  ["→ ←", "open, close"],
  ["Enter", "look at it"],
  ["Esc", "back"],
  ["/", "filter"],
  ["f F", "next failure, previous failure"],
  ["w", "why it waits"],
  ["1 … 7", "the views of a run"],
  ["[ ]", "the tabs of a node"],
  ["r", "retry…"],
  ["s", "stop…"],
  ["a", "answer…"],
  ["d", "compare…"],
  ["c", "critical path"],
  ["n", "what is near a node, in the graph"],
  ["+ - 0", "larger, smaller, all of a picture"],
  [", .", "one event back, one on"],
  ["Space", "play what happened"],
  ["End", "back to now"],
  [/Mac|iP/.test(navigator.platform) ? "⌘ K" : "Ctrl K", "go anywhere, do anything"],
  ["?", "this list"]
]

/** The dialog. */
export const KeyHelp = () => (
  <Dialog title="Keys" onClose={() => void (isHelpOpen.value = false)}>
    <dl class="keys">
      {[...keys, ...pages.map(({ letter, title }) => [`g ${letter}`, title] as const)].map(([key, about]) => (
        <div key={key}>
          <dt>{key.split(" ").map((it) => <kbd key={it}>{it}</kbd>)}</dt>
          <dd>{about}</dd>
        </div>
      ))}
    </dl>
  </Dialog>
)
