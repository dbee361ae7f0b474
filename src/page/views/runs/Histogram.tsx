/** When runs began, and how they went; a bar narrows the filter to its time. */
import { get, standing } from "../../api/connection.ts"
import { withTerm } from "../../filter/filter.ts"
import { runQuery } from "../../filter/runQuery.ts"
import { useLoaded } from "../../state/loaded.ts"
import { show } from "../../state/route.ts"
import { times } from "../../state/settings.ts"
import { now } from "../../state/clock.ts"
import { counted, short } from "../../state/words.ts"

type Bar = readonly [from: number, open: number, succeeded: number, failed: number]

interface Histogram {
  readonly length: number
  readonly bars: ReadonlyArray<Bar>
}

const none: Histogram = { length: 1, bars: [] }

const parts = [["running", 1], ["succeeded", 2], ["failed", 3]] as const

const wordsFor = ([from, open, succeeded, failed]: Bar): string => {
  const when = short(from, now.peek(), times.value === "utc")
  const how = [[failed, "failed"], [succeeded, "succeeded"], [open, "open"]] as const
  const said = how.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`).join(", ")
  return `${when}: ${counted(open + succeeded + failed, "run")}, ${said}`
}

/** The bars; nothing where there are too few to tell anything. */
export const RunHistogram = ({ count, filter }: { readonly filter: string; readonly count: number }) => {
  // Counted again when the number of runs has changed, not with each step of one.
  const { value } = useLoaded(`${filter} ${count} ${standing.value.is}`, async () => {
    const wanted = runQuery(filter)
    return "wrong" in wanted ? none : await get<Histogram>(`/histogram?${wanted.query}`)
  })
  const { bars, length } = value.value ?? none
  if (bars.length < 2) return null
  const first = bars[0]![0]
  // A few bars are not drawn as wide as the page.
  const many = Math.max(30, (bars.at(-1)![0] - first) / length + 1)
  const highest = Math.max(...bars.map(([, open, good, bad]) => open + good + bad))
  return (
    <div class="histogram" role="group" aria-label="Runs over time">
      {bars.map((bar) => (
        <button
          key={bar[0]}
          type="button"
          class="quiet"
          title={wordsFor(bar)}
          aria-label={`Only ${wordsFor(bar)}`}
          style={{ left: `${(bar[0] - first) / length / many * 100}%`, width: `${100 / many}%` }}
          onClick={() => {
            const after = withTerm(filter, "after", [new Date(bar[0]).toISOString()])
            show({ q: withTerm(after, "before", [new Date(bar[0] + length).toISOString()]) })
          }}
        >
          {parts.filter(([, at]) => bar[at] > 0).map(([tone, at]) => (
            <i key={tone} class={`tone-${tone}`} style={{ height: `${bar[at] / highest * 100}%` }} />
          ))}
        </button>
      ))}
    </div>
  )
}
