/** The lines of all nodes by time: filtered and searched by the server, with the true count. */
import { type Signal, useSignal } from "@preact/signals"
import { useEffect, useLayoutEffect, useMemo } from "preact/hooks"
import { takeKeys } from "../../app/keys.ts"
import { Command } from "../../parts/Command.tsx"
import { Banner, Empty, Loading } from "../../parts/Notice.tsx"
import { SearchBox } from "../../parts/SearchBox.tsx"
import { VirtualList } from "../../parts/VirtualList.tsx"
import { pieces } from "../../parts/ansi.ts"
import { download } from "../../state/files.ts"
import { Lines } from "../../state/lines.ts"
import { asked, show } from "../../state/route.ts"
import { times } from "../../state/settings.ts"
import { exact, grouped } from "../../state/words.ts"
import type { LogLine } from "../../api/wire.ts"
import type { RunScene } from "./scene.ts"

const hue = (path: string): number => {
  let sum = 0
  for (const it of path) sum = (sum * 31 + it.codePointAt(0)!) % 6
  return sum
}

const LineRow = (
  { index, isChosen, line, name }: {
    readonly line: LogLine | undefined
    readonly name: string
    readonly index: number
    readonly isChosen: boolean
  }
) => (
  <div
    class={`line-row level-${line?.level ?? "info"} ${isChosen ? "chosen" : ""}`}
    onClick={() => show({ line: isChosen ? "" : String(index + 1) }, true)}
  >
    <span class="line-number">{grouped(index + 1)}</span>
    {line === undefined ? <span class="faint">…</span> : (
      <>
        <time title={exact(line.at, times.value === "utc")}>{exact(line.at, times.value === "utc").slice(11, 23)}</time>
        <span class={`line-node hue-${hue(line.path)}`} title={line.path}>{name}</span>
        <span class="line-text">
          {line.level !== "info" && <b class="line-level">{line.level}</b>}
          {pieces(line.text).map(({ bold, color, text }, at) => (
            <span key={at} class={`${color === undefined ? "" : `ansi-${color}`} ${bold === true ? "ansi-bold" : ""}`}>
              {text}
            </span>
          ))}
        </span>
      </>
    )}
  </div>
)

const LogTools = ({ counts, follows, scene: { isOpen, run } }: {
  readonly scene: RunScene
  readonly counts: { readonly total: number; readonly all: number } | undefined
  readonly follows: Signal<boolean>
}) => {
  const [grep, level] = [asked("grep"), asked("level")]
  return (
    <div class="toolbar">
      <SearchBox
        value={grep}
        onChange={(text) => show({ grep: text, line: "" }, true)}
        label="Search all lines (regular expression)"
      />
      <label class="inline">
        <span class="unseen">Level</span>
        <select value={level} onChange={(event) => show({ level: event.currentTarget.value, line: "" }, true)}>
          <option value="">All levels</option>
          {["debug", "info", "warn", "error"].map((it) => <option key={it} value={it}>{it}</option>)}
        </select>
      </label>
      {counts !== undefined && (
        <span class="faint" role="status">
          {grep === "" && level === ""
            ? `${grouped(counts.all)} ${counts.all === 1 ? "line" : "lines"}`
            : `${grouped(counts.total)} of ${grouped(counts.all)} lines`}
        </span>
      )}
      <div class="grow" />
      {isOpen && (
        <button
          type="button"
          aria-pressed={follows.value}
          title="Follow (End)"
          onClick={() => void (follows.value = !follows.value)}
        >
          Follow
        </button>
      )}
      <button
        type="button"
        onClick={() => void download(`/runs/${encodeURIComponent(run.id)}/logs.txt`, `${run.id}.log`)}
      >
        Download all
      </button>
    </div>
  )
}

/** The view. */
export const LogsView = ({ scene }: { readonly scene: RunScene }) => {
  const { isOpen, nodes, run } = scene
  const [grep, level, line] = [asked("grep"), asked("level"), Number(asked("line"))]
  const lines = useMemo(() => new Lines(run.id, { grep, level }), [run.id, grep, level])
  const follows = useSignal(isOpen && line === 0)
  useEffect(() => {
    lines.need(Math.max(0, line - 1))
    void lines.refresh()
  }, [lines])
  useEffect(() => {
    if (!isOpen) return void lines.refresh()
    const timer = setInterval(() => void lines.refresh(), 1_000)
    return () => clearInterval(timer)
  }, [lines, isOpen])
  useLayoutEffect(() => takeKeys({ End: () => void (follows.value = true) }), [])
  void lines.version.value
  const counts = lines.counts.value
  const items = useMemo(() => Array.from({ length: counts?.total ?? 0 }, (_, at) => at), [counts?.total])
  return (
    <div class="logs-view">
      <LogTools scene={scene} counts={counts} follows={follows} />
      {lines.problem.value !== "" && <Banner tone="error">{lines.problem.value}</Banner>}
      {counts === undefined
        ? lines.problem.value === "" && <Loading label="Reading the log" />
        : counts.total === 0
        ? (
          <Empty
            title={counts.all === 0 ? (isOpen ? "No lines yet" : "Nothing was logged") : "No line fits"}
            sign="search"
          >
            {counts.all > 0
              ? (
                <button
                  type="button"
                  class="link"
                  onClick={() => show({ grep: "", level: "" })}
                >
                  Show all {grouped(counts.all)} lines
                </button>
              )
              : <Command args={["logs", run.id, "--follow"]} />}
          </Empty>
        )
        : (
          <VirtualList
            items={items}
            height={21}
            keyOf={String}
            label="Lines"
            role="log"
            reveal={line - 1}
            sticks={follows.value}
            onScroll={(_, isAtEnd) => {
              if (!isAtEnd && follows.value) follows.value = false
            }}
          >
            {(at) => {
              lines.need(at)
              const it = lines.at(at)
              return (
                <LineRow
                  index={at}
                  line={it}
                  name={it === undefined ? "" : nodes.get(it.path)?.label ?? it.path}
                  isChosen={at === line - 1}
                />
              )
            }}
          </VirtualList>
        )}
    </div>
  )
}
