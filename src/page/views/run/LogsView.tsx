/** The lines of all nodes by time: filtered and searched by the server, with the true count. */
import { type Signal, useSignal } from "@preact/signals"
import { useEffect, useLayoutEffect, useMemo } from "preact/hooks"
import { takeKeys } from "../../app/keys.ts"
import { Command } from "../../parts/Command.tsx"
import { Icon } from "../../parts/Icon.tsx"
import { Banner, Empty, Loading } from "../../parts/Notice.tsx"
import { SearchBox } from "../../parts/SearchBox.tsx"
import { VirtualList } from "../../parts/VirtualList.tsx"
import { download } from "../../state/files.ts"
import { Lines } from "../../state/lines.ts"
import { asked, show } from "../../state/route.ts"
import { times } from "../../state/settings.ts"
import { exact, grouped } from "../../state/words.ts"
import type { LogLine } from "../../api/wire.ts"
import { LineDetail, LineText } from "./LineDetail.tsx"
import { nameAt, type RunScene } from "./scene.ts"

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
        <LineText level={line.level} text={line.text} />
      </>
    )}
  </div>
)

const LogTools = ({ counts, follows, scene }: {
  readonly scene: RunScene
  readonly counts: { readonly total: number; readonly all: number } | undefined
  readonly follows: Signal<boolean>
}) => {
  const { isOpen, run } = scene
  const [grep, level, of, attempt] = [asked("grep"), asked("level"), asked("of"), asked("try")]
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
      {of !== "" && (
        <button
          type="button"
          class="chip"
          onClick={() => show({ of: "", try: "", line: "" })}
          title="Show all nodes"
        >
          <Icon sign="close" size={12} />Only {nameAt(scene, of)}
          {attempt !== "" && `, attempt ${attempt}`}
        </button>
      )}
      {counts !== undefined && (
        <span class="faint" role="status">
          {counts.total === counts.all
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
  const { isOpen, run } = scene
  const [grep, level, of, attempt] = [asked("grep"), asked("level"), asked("of"), asked("try")]
  const line = Number(asked("line"))
  const lines = useMemo(
    () => new Lines(run.id, { grep, level, path: of, attempt }),
    [run.id, grep, level, of, attempt]
  )
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
  void lines.version.value
  const counts = lines.counts.value
  const go = (to: number): void => {
    const last = counts?.total ?? 0
    if (last > 0) show({ line: String(Math.max(1, Math.min(last, to))) }, line > 0)
  }
  useLayoutEffect(
    () => takeKeys({ End: () => void (follows.value = true), j: () => go(line + 1), k: () => go(line - 1) }),
    [line, counts?.total]
  )
  const chosen = line > 0 ? lines.at(line - 1) : undefined
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
                  onClick={() => show({ grep: "", level: "", of: "", try: "" })}
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
                  name={it === undefined ? "" : nameAt(scene, it.path)}
                  isChosen={at === line - 1}
                />
              )
            }}
          </VirtualList>
        )}
      {chosen !== undefined && <LineDetail line={chosen} name={nameAt(scene, chosen.path)} />}
    </div>
  )
}
