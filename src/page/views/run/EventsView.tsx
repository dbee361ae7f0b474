/** The journal of a run: each event, and the run as it was after it. */
import { useMemo } from "preact/hooks"
import { SearchBox } from "../../parts/SearchBox.tsx"
import { Empty } from "../../parts/Notice.tsx"
import { VirtualList } from "../../parts/VirtualList.tsx"
import { asked, show } from "../../state/route.ts"
import { times } from "../../state/settings.ts"
import { duration, exact, grouped } from "../../state/words.ts"
import { eventWords, isBad } from "./eventWords.ts"
import type { RunScene } from "./scene.ts"

/** The view. */
export const EventsView = ({ scene }: { readonly scene: RunScene }) => {
  const { events } = scene.open.history
  const text = asked("find").toLowerCase()
  const shown = useMemo(
    () =>
      text === ""
        ? events.slice()
        : events.filter(({ event }) =>
          `${event.type} ${"path" in event ? event.path : ""} ${eventWords(event)}`.toLowerCase().includes(text)
        ),
    [text, scene.open.version.value]
  )
  const begin = events[0]!.at
  return (
    <div class="events-view">
      <div class="toolbar">
        <SearchBox value={asked("find")} onChange={(find) => show({ find }, true)} label="Find events" />
        <span class="faint" role="status">
          {text === ""
            ? `${grouped(events.length)} events`
            : `${grouped(shown.length)} of ${grouped(events.length)} events`}
        </span>
      </div>
      {shown.length === 0 ? <Empty title="No event fits" sign="search" /> : (
        <VirtualList
          items={shown}
          height={28}
          keyOf={({ seq }) => String(seq)}
          label="Events"
          reveal={scene.isLive ? -1 : shown.findIndex(({ seq }) => seq === scene.seq)}
        >
          {({ at, event, seq }) => (
            <button
              type="button"
              class={`event-row ${!scene.isLive && seq === scene.seq ? "chosen" : ""} ${
                !scene.isLive && seq > scene.seq ? "later" : ""
              }`}
              title="Look at the run after this event"
              onClick={() => show({ at: seq === events.length ? "" : String(seq) })}
            >
              <span class="line-number">{grouped(seq)}</span>
              <time title={exact(at, times.value === "utc")}>+{duration(at - begin)}</time>
              <span class={isBad(event) ? "event-type bad" : "event-type"}>{event.type}</span>
              <span class="event-path">{"path" in event ? event.path : ""}</span>
              <span class="event-words">{eventWords(event)}</span>
            </button>
          )}
        </VirtualList>
      )}
    </div>
  )
}
