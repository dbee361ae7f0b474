/** When the nodes of two runs worked, the one above the other, both from the beginning of their run. */
import { get } from "../../api/connection.ts"
import { Banner, Empty, Loading } from "../../parts/Notice.tsx"
import { VirtualList } from "../../parts/VirtualList.tsx"
import { useLoaded } from "../../state/loaded.ts"
import { duration } from "../../state/words.ts"
import type { OverlayRow, Worked } from "../../../view/readOverlay.ts"

const endOf = (it: Worked | undefined): number => it === undefined ? 0 : it.from + it.millis

const Bar = ({ run, whole, worked }: {
  readonly run: string
  readonly worked: Worked | undefined
  readonly whole: number
}) => {
  if (worked === undefined) return <span class="overlay-bar faint">not there</span>
  const { from, millis, phase } = worked
  const told = `${phase} after ${duration(millis)}, begun at ${duration(from)}`
  return (
    <span class="overlay-bar" title={`${run}: ${told}`}>
      <i
        class={`tone-${phase.toLowerCase()}`}
        style={{ marginInlineStart: `${(from / whole) * 100}%`, width: `${(millis / whole) * 100}%` }}
      />
      <span class="unseen">{run}: {told}</span>
      <span class="faint" aria-hidden="true">{duration(millis)}</span>
    </span>
  )
}

/** By how much a node was slower or quicker, where that is worth a word. */
const Change = ({ left, right }: OverlayRow) => {
  if (left === undefined || right === undefined) return <span />
  const more = right.millis - left.millis
  if (Math.abs(more) < 10) return <span class="faint right">same</span>
  return <span class="right">{more > 0 ? "+" : "−"}{duration(Math.abs(more))}</span>
}

/** The view. */
export const Overlay = ({ left, right }: { readonly left: string; readonly right: string }) => {
  const { problem, value } = useLoaded(
    `overlay\n${left}\n${right}`,
    () => get<ReadonlyArray<OverlayRow>>(`/runs/${encodeURIComponent(left)}/overlay?with=${encodeURIComponent(right)}`),
    true
  )
  const rows = value.value
  if (problem.value !== "") return <Banner tone="error">{problem.value}</Banner>
  if (rows === undefined) return <Loading label="Reading when nodes worked" />
  if (rows.length === 0) return <Empty title="Nothing has begun in either run" sign="clock" />
  const whole = rows.reduce((most, it) => Math.max(most, endOf(it.left), endOf(it.right)), 1)
  return (
    <div class="split-main table">
      <ul class="legend overlay-legend" aria-label="What the bars mean">
        <li class="tone-succeeded first">
          <i class="plain" />above: {left}
        </li>
        <li class="tone-succeeded">
          <i class="plain" />below: {right}
        </li>
      </ul>
      <VirtualList
        items={rows}
        height={48}
        keyOf={({ name }) => name}
        label="When nodes worked"
        head={
          <div class="table-head overlay-row">
            <span>Node</span>
            <span class="overlay-scale">
              <span>0</span>
              <span>{duration(whole)}</span>
            </span>
            <span class="right">Change</span>
          </div>
        }
      >
        {(row) => (
          <div class="overlay-row">
            <span class="name" title={row.name}>{row.name}</span>
            <span class="overlay-bars">
              <Bar run={left} worked={row.left} whole={whole} />
              <Bar run={right} worked={row.right} whole={whole} />
            </span>
            <Change {...row} />
          </div>
        )}
      </VirtualList>
    </div>
  )
}
