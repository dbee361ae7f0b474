/** Goes anywhere and does anything, by a few letters. */
import { signal, useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { get } from "../api/connection.ts"
import type { Run } from "../api/wire.ts"
import { Dialog } from "../parts/Dialog.tsx"
import { Icon, type Sign } from "../parts/Icon.tsx"
import { go, place } from "../state/route.ts"
import { theme, times } from "../state/settings.ts"
import type { DialogKind } from "../views/run/dialogKinds.ts"
import { dialog, offered } from "../views/run/scene.ts"
import { pages } from "./pages.ts"

/** Whether it is open. */
export const isPaletteOpen = signal(false)

interface Entry {
  readonly title: string
  readonly about: string
  readonly sign: Sign
  readonly do: () => void
}

const verbs: ReadonlyArray<readonly [is: DialogKind, title: string, sign: Sign]> = [
  ["retry", "Retry this run…", "again"],
  ["resubmit", "Run this again…", "play"],
  ["compensate", "Undo what this run did…", "undo"],
  ["stop", "Stop this run…", "stop"],
  ["terminate", "Terminate this run…", "cross"],
  ["suspend", "Suspend this run…", "pause"],
  ["resume", "Resume this run…", "play"],
  ["compare", "Compare this run with…", "branch"],
  ["export", "Export this run…", "download"],
  ["delete", "Delete this run…", "trash"]
]

const ofRun = (): ReadonlyArray<Entry> => {
  const [section, id] = place.value.path
  if (section !== "runs" || id === undefined) return []
  return verbs.filter(([is]) => offered.value.includes(is)).map(([is, title, sign]) => ({
    title,
    about: id,
    sign,
    do: () => void (dialog.value = { is })
  }))
}

const entries = (): ReadonlyArray<Entry> => [
  ...ofRun(),
  ...pages.map(({ key, letter, sign, title }): Entry => ({
    title,
    about: `g ${letter}`,
    sign,
    do: () => go({ path: [key], query: {} })
  })),
  { title: "Light theme", about: "", sign: "sun", do: () => void (theme.value = "light") },
  { title: "Dark theme", about: "", sign: "moon", do: () => void (theme.value = "dark") },
  { title: "Theme of the system", about: "", sign: "screen", do: () => void (theme.value = "system") },
  { title: "Times: how long ago", about: "", sign: "clock", do: () => void (times.value = "relative") },
  { title: "Times: local", about: "", sign: "clock", do: () => void (times.value = "local") },
  { title: "Times: UTC", about: "", sign: "clock", do: () => void (times.value = "utc") }
]

const combobox = { role: "combobox", "aria-expanded": "true" } as object

/** The palette. */
export const Palette = () => {
  const text = useSignal("")
  const at = useSignal(0)
  const runs = useSignal<ReadonlyArray<Run>>([])
  useEffect(() => {
    at.value = 0
    const timer = setTimeout(() => {
      void get<{ readonly runs: ReadonlyArray<Run> }>(`/runs?limit=8&text=${encodeURIComponent(text.value)}`).then(
        (it) => void (runs.value = it.runs),
        () => {}
      )
    }, 120)
    return () => clearTimeout(timer)
  }, [text.value])
  const words = text.value.toLowerCase().split(/\s+/)
  const found = [
    ...entries().filter(({ title }) => words.every((it) => title.toLowerCase().includes(it))),
    ...runs.value.map(({ id, phase, workflow }): Entry => ({
      title: id,
      about: `${workflow}, ${phase}`,
      sign: "runs",
      do: () => go({ path: ["runs", id], query: {} })
    }))
  ]
  const close = (): void => void (isPaletteOpen.value = false)
  const take = (entry: Entry | undefined): void => {
    if (entry === undefined) return
    close()
    entry.do()
  }
  return (
    <Dialog title="Go to, or do" onClose={close}>
      <div class="dialog-body palette">
        <input
          type="search"
          aria-label="Search pages, actions and runs"
          placeholder="Search pages, actions and runs"
          {...combobox}
          aria-controls="palette-list"
          aria-activedescendant={`palette-${at.value}`}
          value={text.value}
          onInput={(event) => void (text.value = event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "ArrowDown") at.value = Math.min(found.length - 1, at.value + 1)
            else if (event.key === "ArrowUp") at.value = Math.max(0, at.value - 1)
            else if (event.key === "Enter") take(found[at.value])
            else return
            event.preventDefault()
          }}
        />
        <ul id="palette-list" role="listbox" aria-label="What fits">
          {found.slice(0, 30).map((entry, index) => (
            <li
              key={`${entry.title} ${entry.about}`}
              id={`palette-${index}`}
              role="option"
              aria-selected={index === at.value}
              onClick={() => take(entry)}
              onPointerMove={() => void (at.value = index)}
            >
              <Icon sign={entry.sign} />
              <span>{entry.title}</span>
              <span class="faint">{entry.about}</span>
            </li>
          ))}
        </ul>
        {found.length === 0 && <p class="faint">Nothing fits.</p>}
      </div>
    </Dialog>
  )
}
