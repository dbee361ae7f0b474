/** What decided how long a run took, and how long it would take if some of that were otherwise. */
import { useSignal } from "@preact/signals"
import { useId, useMemo } from "preact/hooks"
import { show } from "../../state/route.ts"
import { counted, duration } from "../../state/words.ts"
import { type Critical, permitsOf, type Row, soonerIf } from "../../timeline/rows.ts"
import { total } from "../../../view/timeline.ts"
import type { RunScene } from "./scene.ts"

interface Props {
  readonly critical: Critical
  readonly rows: ReadonlyArray<Row>
  readonly scene: RunScene
  readonly took: number
}

const Chain = ({ critical, scene, took }: Props) => (
  <p>
    {counted(critical.bars.length, "node")} made {Math.round(critical.share * 100)} % of {duration(took)}:{" "}
    {critical.bars.slice(0, 8).map(({ path }, index) => (
      <span key={path}>
        {index > 0 && " → "}
        <button type="button" class="link" onClick={() => show({ node: path })}>
          {scene.nodes.get(path)?.name ?? path}
        </button>
      </span>
    ))}
    {critical.bars.length > 8 && " …"}
  </p>
)

const factors: ReadonlyArray<readonly [string, string]> = [
  ["0.5", "half as long"],
  ["0.1", "a tenth as long"],
  ["0", "no time"],
  ["1", "as long as it did"],
  ["2", "twice as long"]
]

const WhatIf = ({ critical, rows, scene, took }: Props) => {
  const id = useId()
  const longest = critical.bars.reduce((a, b) => b.to - b.from > a.to - a.from ? b : a).path
  const named = useSignal("")
  const factor = useSignal("0.5")
  const isFree = useSignal(false)
  const path = named.value || longest
  const hasWaits = rows.some(({ stretches }) => total(stretches, "permit") > 0)
  const permits = useMemo(() => permitsOf(scene, rows), [scene.run, rows])
  const limits = useSignal<ReadonlyMap<string, number>>(new Map())
  const sooner = soonerIf(
    critical,
    rows,
    { path, factor: Number(factor.value), isFree: isFree.value, limits: limits.value },
    permits
  )
  const share = Math.round((Math.abs(sooner) / Math.max(1, took)) * 100)
  const others = rows.filter(({ node }) => !critical.paths.has(node.path)).slice(0, 500)
  const nameOf = (it: string): string => scene.nodes.get(it)?.name ?? it
  return (
    <div class="what-if">
      <label for={id}>What if</label>
      <select id={id} value={path} onChange={(event) => void (named.value = event.currentTarget.value)}>
        <optgroup label="On the critical path">
          {critical.bars.map((bar) => <option key={bar.path} value={bar.path}>{nameOf(bar.path)}</option>)}
        </optgroup>
        {others.length > 0 && (
          <optgroup label="Beside it">
            {others.map(({ node }) => <option key={node.path} value={node.path}>{node.name}</option>)}
          </optgroup>
        )}
      </select>
      <label for={`${id}-factor`}>took</label>
      <select
        id={`${id}-factor`}
        value={factor.value}
        onChange={(event) => void (factor.value = event.currentTarget.value)}
      >
        {factors.map(([value, words]) => <option key={value} value={value}>{words}</option>)}
      </select>
      {hasWaits && (
        <label class="check">
          <input
            type="checkbox"
            checked={isFree.value}
            onChange={(event) => void (isFree.value = event.currentTarget.checked)}
          />
          and nothing waited for permits
        </label>
      )}
      {!isFree.value && [...permits.held].slice(0, 4).map(([name, held]) => (
        <label key={name} class="limit">
          and there were
          <input
            type="number"
            min={1}
            step={1}
            aria-label={`Permits of ${name}`}
            value={limits.value.get(name) ?? held}
            onInput={({ currentTarget: { valueAsNumber: most } }) => {
              if (most >= 1) limits.value = new Map(limits.value).set(name, most)
            }}
          />
          permits of <code>{name}</code> instead of {held}
        </label>
      ))}
      <output for={`${id} ${id}-factor`}>
        {Math.abs(sooner) < 1 ? "The run would take as long: others decide." : (
          <>
            The run would take about <strong>{duration(took - sooner)}</strong>, {share} %{" "}
            {sooner > 0 ? "less" : "more"}.
          </>
        )}
      </output>
    </div>
  )
}

/** The part above a timeline. */
export const CriticalPart = (props: Props) => (
  <div class="critical-part">
    <Chain {...props} />
    <WhatIf {...props} />
  </div>
)
