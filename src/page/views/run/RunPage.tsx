/** One run: its head, its views, the node that is chosen. */
import { useSignal } from "@preact/signals"
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks"
import { takeKeys } from "../../app/keys.ts"
import { Banner, Empty, Loading } from "../../parts/Notice.tsx"
import { past } from "../../state/clock.ts"
import { OpenRun } from "../../state/openRun.ts"
import { asked, go, linkTo, show } from "../../state/route.ts"
import { Dialogs } from "./Dialogs.tsx"
import { Unread, useEvents } from "./events.tsx"
import { NodePane } from "./NodePane.tsx"
import { RunHead } from "./RunHead.tsx"
import { type RunScene, sceneOf } from "./scene.ts"
import { TimeBar } from "./TimeBar.tsx"
import { views } from "./views.ts"

const Views = ({ scene }: { readonly scene: RunScene }) => {
  const view = asked("view") || "tree"
  const { Body, needsEvents = false } = views.find(({ key }) => key === view) ?? views[0]!
  const isWhole = useEvents(scene.open, needsEvents)
  useLayoutEffect(
    () => document.getElementById(`view-${view}`)?.scrollIntoView({ inline: "nearest", block: "nearest" }),
    [view]
  )
  return (
    <>
      <div class="tabs" role="tablist" aria-label="Views">
        {views.map(({ key, title }, at) => (
          <button
            key={key}
            id={`view-${key}`}
            type="button"
            role="tab"
            aria-selected={key === view}
            aria-controls="view"
            title={`${title} (${at + 1})`}
            onClick={() => show({ view: key === "tree" ? "" : key })}
          >
            {title}
          </button>
        ))}
      </div>
      <div class="view" id="view" role="tabpanel" aria-labelledby={`view-${view}`}>
        {isWhole || !needsEvents ? <Body scene={scene} /> : <Unread open={scene.open} />}
      </div>
    </>
  )
}

/** Reads out how the run ended while it was looked at; never what becomes of each node. */
const Ending = ({ scene: { isLive, isOpen, run } }: { readonly scene: RunScene }) => {
  const wasOpen = useRef(isOpen)
  const said = useSignal("")
  useEffect(() => {
    if (wasOpen.current && !isOpen && isLive) said.value = `Run ${run.id} ended: ${run.phase}`
    if (isOpen) said.value = ""
    wasOpen.current = isOpen
  }, [isOpen, isLive])
  return <p class="unseen" role="status" aria-label="The run">{said.value}</p>
}

const Body = ({ open }: { readonly open: OpenRun }) => {
  const scene = sceneOf(open)
  useEvents(open, asked("at") !== "")
  const node = asked("node")
  const at = scene === undefined || scene.isLive ? 0 : open.history.events[scene.seq - 1]!.at
  useLayoutEffect(() => {
    past.value = at
    return () => void (past.value = 0)
  }, [at])
  useLayoutEffect(() =>
    takeKeys({
      Escape: () => node === "" ? go({ path: ["runs"], query: {} }) : show({ node: "", tab: "" }),
      ...Object.fromEntries(
        views.map(({ key }, at) => [String(at + 1), () => show({ view: key === "tree" ? "" : key })])
      )
    }), [node])
  if (scene === undefined) return <Unread open={open} />
  const chosen = node === "" ? undefined : scene.nodes.get(node)
  return (
    <>
      <RunHead scene={scene} />
      <div class={node === "" ? "split" : "split has-pane"}>
        <div class="split-main">
          <Views scene={scene} />
        </div>
        {node !== "" && <NodePane key={node} scene={scene} path={node} node={chosen} />}
      </div>
      <TimeBar scene={scene} />
      <Ending scene={scene} />
      <Dialogs scene={scene} />
    </>
  )
}

/** The page. */
export const RunPage = ({ id }: { readonly id: string }) => {
  const open = useMemo(() => new OpenRun(id), [id])
  useEffect(() => {
    document.title = `${id} · Pinnace`
    open.begin()
    return () => open.end()
  }, [open])
  const { stage } = open
  return (
    <section class="page run-page" aria-labelledby="run-title">
      {stage.value === "missing" && (
        <Empty title={`There is no run ${id}`} sign="search">
          <p>It was deleted, or the name has a mistake.</p>
          <p>
            <a href={linkTo(["runs"])}>Look at all runs</a>
          </p>
        </Empty>
      )}
      {stage.value === "failed" && (
        <Banner tone="error">
          {open.problem.value} <button type="button" class="link" onClick={() => void open.load()}>Try again</button>
        </Banner>
      )}
      {open.isDeleted.value && (
        <Banner>This run was deleted while you looked at it. What is here is what was known then.</Banner>
      )}
      {stage.value === "loading" && <Loading label="Reading the run" rows={12} />}
      {stage.value === "there" && <Body open={open} />}
    </section>
  )
}
