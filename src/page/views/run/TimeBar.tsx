/** Goes through the journal: all views show the run as it was after the chosen event. */
import { useSignal } from "@preact/signals"
import { useEffect, useLayoutEffect, useMemo } from "preact/hooks"
import { takeKeys } from "../../app/keys.ts"
import { Icon } from "../../parts/Icon.tsx"
import { asked, show } from "../../state/route.ts"
import { times } from "../../state/settings.ts"
import { exact, grouped } from "../../state/words.ts"
import { isBad } from "./eventWords.ts"
import type { RunScene } from "./scene.ts"

const speeds = [1, 4, 16, 100]

/** The bar; it is there while the past is looked at, and with the events. */
export const TimeBar = ({ scene }: { readonly scene: RunScene }) => {
  const plays = useSignal(false)
  const speed = useSignal(1)
  const { events, isWhole, seq: last } = scene.open.history
  const { isLive, seq } = scene
  const to = (wanted: number): void => {
    const next = Math.max(1, wanted)
    show({ at: next >= last ? "" : String(next) }, true)
  }
  useEffect(() => {
    if (!plays.value) return
    if (seq >= last) return void (plays.value = false)
    const timer = setTimeout(() => to(seq + Math.max(1, Math.round(speed.value / 4))), Math.max(40, 400 / speed.value))
    return () => clearTimeout(timer)
  }, [plays.value, seq, speed.value])
  const play = (): void => {
    if (!plays.value && isLive) to(1)
    plays.value = !plays.value
  }
  useLayoutEffect(() =>
    takeKeys({
      ",": () => to(seq - 1),
      ".": () => to(seq + 1),
      " ": play,
      End: () => to(last)
    }), [seq, last, plays.value])
  const ticks = useMemo(() => events.filter(({ event }) => isBad(event)).slice(0, 200), [events.length])
  if (!isWhole || isLive && asked("view") !== "events") return null
  const { at, event } = events[seq - 1]!
  return (
    <div class="time-bar" role="group" aria-label="Time travel">
      <button
        type="button"
        class="icon-button"
        aria-label={plays.value ? "Pause" : "Play"}
        title="Play (space)"
        onClick={play}
      >
        <Icon sign={plays.value ? "pause" : "play"} size={14} />
      </button>
      <label class="inline">
        <span class="unseen">Speed</span>
        <select value={String(speed.value)} onChange={(it) => void (speed.value = Number(it.currentTarget.value))}>
          {speeds.map((it) => <option key={it} value={String(it)}>{it}×</option>)}
        </select>
      </label>
      <div class="time-slider">
        {ticks.map((it) => (
          <i key={it.seq} style={{ left: `${((it.seq - 1) / Math.max(1, events.length - 1)) * 100}%` }} />
        ))}
        <input
          type="range"
          min={1}
          max={events.length}
          value={seq}
          aria-label="Event"
          onInput={(it) => to(Number(it.currentTarget.value))}
        />
      </div>
      <span class="time-words">
        {exact(at, times.value === "utc").slice(11, 23)}, event {grouped(seq)} of {grouped(events.length)}: {event.type}
        {" "}
        {"path" in event ? event.path : ""}
      </span>
      <button type="button" disabled={isLive} title="Back to now (End)" onClick={() => to(events.length)}>Now</button>
    </div>
  )
}
