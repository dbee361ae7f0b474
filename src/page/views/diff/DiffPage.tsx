/** What differs between two runs, node by node. */
import { get } from "../../api/connection.ts"
import { Icon } from "../../parts/Icon.tsx"
import { Banner, Empty, Loading } from "../../parts/Notice.tsx"
import { Command } from "../../parts/Command.tsx"
import { PhaseDot } from "../../parts/Phase.tsx"
import { VirtualList } from "../../parts/VirtualList.tsx"
import { useLoaded } from "../../state/loaded.ts"
import { linkTo } from "../../state/route.ts"
import { duration, grouped } from "../../state/words.ts"

interface Side {
  readonly phase: string
  readonly message: string
  readonly attempt: number
  readonly millis: number
}

interface Difference {
  readonly name: string
  readonly left?: Side
  readonly right?: Side
  readonly what: ReadonlyArray<string>
}

const Phase = ({ side }: { readonly side: Side | undefined }) =>
  side === undefined ? <span class="faint">not there</span> : <span class="diff-side">
    <PhaseDot phase={side.phase} /> {side.phase} <span class="faint">{duration(side.millis)}</span>
  </span>

/** The page. */
export const DiffPage = ({ left, right }: { readonly left: string; readonly right: string }) => {
  const { problem, value } = useLoaded(
    `${left}\n${right}`,
    () => get<ReadonlyArray<Difference>>(`/runs/${encodeURIComponent(left)}/diff?with=${encodeURIComponent(right)}`),
    true
  )
  return (
    <section class="page" aria-labelledby="diff-title">
      <header class="page-head">
        <h1 id="diff-title">Differences</h1>
        {value.value !== undefined && <span class="faint">{grouped(value.value.length)}</span>}
        <div class="grow" />
        <a class="button" href={linkTo(["diff", right, left])}>
          <Icon sign="again" size={14} /> Swap
        </a>
      </header>
      <div class="toolbar">
        <a href={linkTo(["runs", left])}>{left}</a> <span class="faint">and</span>{" "}
        <a href={linkTo(["runs", right])}>{right}</a>
        <div class="grow" />
        <Command args={["diff", left, right]} />
      </div>
      {problem.value !== "" && <Banner tone="error">{problem.value}</Banner>}
      {value.value === undefined
        ? problem.value === "" && <Loading label="Comparing the runs" />
        : value.value.length === 0
        ? (
          <Empty title="No differences" sign="check">
            <p>Phases, messages, attempts, inputs and outputs are the same.</p>
          </Empty>
        )
        : (
          <div class="table">
            <VirtualList
              items={value.value}
              height={48}
              keyOf={({ name }) => name}
              label="Differences"
              head={
                <div class="table-head diff-row">
                  <span>Node</span>
                  <span>{left}</span>
                  <span>{right}</span>
                  <span>What differs</span>
                </div>
              }
            >
              {(it) => (
                <div class="diff-row">
                  <span class="name" title={it.name}>{it.name}</span>
                  <Phase side={it.left} />
                  <Phase side={it.right} />
                  <span class="diff-what" title={it.what.join("\n")}>{it.what.join("; ")}</span>
                </div>
              )}
            </VirtualList>
          </div>
        )}
    </section>
  )
}
