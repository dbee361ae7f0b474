/** The state file and its server: what is found in it, what can be done with it, what bounds it. */
import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { wordsOf } from "../../api/Client.ts"
import { get, pageUrl, send } from "../../api/connection.ts"
import { tell } from "../../app/Toasts.tsx"
import { Command } from "../../parts/Command.tsx"
import { Icon } from "../../parts/Icon.tsx"
import { Banner, Loading } from "../../parts/Notice.tsx"
import { now } from "../../state/clock.ts"
import { useLoaded } from "../../state/loaded.ts"
import { canAct, session } from "../../state/session.ts"
import { times } from "../../state/settings.ts"
import { counted, duration, exact, grouped, size } from "../../state/words.ts"
import { dialog } from "../run/scene.ts"
import { CollectDialog } from "./CollectDialog.tsx"

interface Finding {
  readonly what: string
  readonly value: string
  readonly problem: string
}

interface Found {
  readonly name: string
  readonly canCopy: boolean
  readonly findings: ReadonlyArray<Finding>
}

const limitWords: Readonly<Record<string, readonly [words: string, unit: "" | "bytes" | "ms"]>> = {
  parallelism: ["attempts of tasks at once", ""],
  openNodes: ["open nodes of one graph or map", ""],
  payload: ["size of one input, output or signal", "bytes"],
  nodes: ["nodes of one run", ""],
  depth: ["levels of nested nodes", ""],
  logLines: ["lines kept of one node", ""],
  logLine: ["size of one line", "bytes"],
  message: ["size of one message", "bytes"],
  note: ["size of a note of progress", "bytes"],
  labels: ["size of the labels of a run", "bytes"],
  progress: ["notes of progress of one attempt", ""],
  reruns: ["new beginnings after its process died", ""],
  abortGrace: ["time that a body has to end", "ms"]
}

const said = (value: number, unit: string): string =>
  unit === "bytes" ? size(value) : unit === "ms" ? duration(value) : grouped(value)

const Findings = ({ found, isBusy, onDeep }: {
  readonly found: Found
  readonly isBusy: boolean
  readonly onDeep: () => void
}) => {
  const wrong = found.findings.filter(({ problem }) => problem !== "").length
  return (
    <article class="card">
      <header>
        <h2>What is in it</h2>
        <span class={wrong === 0 ? "faint" : "bad"}>
          {wrong === 0 ? "no problem found" : `${counted(wrong, "problem")} found`}
        </span>
        <div class="grow" />
        <button type="button" disabled={isBusy} onClick={onDeep}>
          {isBusy ? "Reading all of it…" : "Check all of it"}
        </button>
      </header>
      <dl class="pairs findings">
        {found.findings.map(({ problem, value, what }, at) => [
          <dt key={`${at} what`}>
            <span class={`dot tone-${problem === "" ? "succeeded" : "failed"}`}>
              <Icon sign={problem === "" ? "check" : "cross"} size={12} />
            </span>
            {what}
          </dt>,
          <dd key={`${at} value`}>
            {value}
            {problem !== "" && <pre class="bad">{problem}</pre>}
          </dd>
        ])}
      </dl>
      <Command args={["doctor"]} />
    </article>
  )
}

/** Downloads a copy by a link of the server's, however large it is. */
const copy = async (): Promise<void> => {
  try {
    const { url } = await send<{ readonly url: string }>("POST", "/file/copy")
    const link = document.createElement("a")
    link.href = pageUrl(url)
    link.download = ""
    link.click()
  } catch (error) {
    tell(wordsOf(error), "error")
  }
}

const Keeping = ({ canCopy }: { readonly canCopy: boolean }) => (
  <article class="card">
    <header>
      <h2>Copies and cleaning</h2>
    </header>
    {canCopy && (
      <div class="deed">
        <p class="faint">A consistent copy, while it is in use. Artifacts lie beside the file and are not in it.</p>
        <button type="button" onClick={() => void copy()}>
          <Icon sign="download" /> Download a copy
        </button>
        <Command args={["backup", "copy.db"]} />
      </div>
    )}
    <div class="deed">
      <p class="faint">Artifacts that nothing needs are deleted by themselves. To do it now:</p>
      {canAct() && (
        <button type="button" onClick={() => void (dialog.value = { is: "collect" })}>
          <Icon sign="trash" /> Delete what nothing needs…
        </button>
      )}
      <Command args={["gc"]} />
    </div>
  </article>
)

const Server = () => {
  const it = session.value
  if (it === undefined) return <Loading label="Asking the server" />
  return (
    <article class="card">
      <header>
        <h2>Server</h2>
      </header>
      <dl class="pairs">
        <dt>You are</dt>
        <dd>{it.who === "" || it.who === "token" ? "whoever has the token" : it.who}</dd>
        <dt>Its clock</dt>
        <dd class="clock">{exact(Math.floor(now.value / 1_000) * 1_000, times.value === "utc").replace(".000", "")}</dd>
        <dt>Process</dt>
        <dd>{it.process === 0 ? "only looks" : `${it.process}; it can execute runs`}</dd>
        <dt>Changes</dt>
        <dd>{it.readOnly ? "none: the server only shows runs" : "may be made"}</dd>
        <dt>Workflows</dt>
        <dd>{it.workflows.join(", ") || "none of code"}</dd>
      </dl>
    </article>
  )
}

const Limits = () => (
  <article class="card">
    <header>
      <h2>Limits</h2>
      <span class="faint">
        of <code>open</code>
      </span>
    </header>
    <dl class="pairs limits">
      {Object.entries(session.value?.limits ?? {}).map(([name, value]) => {
        const [words, unit] = limitWords[name] ?? ["", ""]
        return [
          <dt key={name}>
            <code>{name}</code>
            <span class="faint">{words}</span>
          </dt>,
          <dd key={`${name} value`}>{said(value, unit)}</dd>
        ]
      })}
    </dl>
  </article>
)

/** The page. */
export const FilePage = () => {
  const isDeep = useSignal(false)
  const { problem, value } = useLoaded(
    `file ${isDeep.value}`,
    () => get<Found>(`/file${isDeep.value ? "?deep" : ""}`)
  )
  useEffect(() => {
    document.title = "File · Pinnace"
  }, [])
  const found = value.value
  const isBusy = isDeep.value && found?.findings.every(({ what }) => what !== "Integrity") === true &&
    problem.value === ""
  return (
    <section class="page" aria-labelledby="file-title">
      <header class="page-head">
        <h1 id="file-title">File</h1>
        {found !== undefined && <span class="faint total file-name">{found.name}</span>}
      </header>
      {problem.value !== "" && <Banner tone="error">{problem.value}</Banner>}
      <div class="scroll file-page">
        {found === undefined
          ? problem.value === "" && <Loading label="Reading the state file" />
          : found.findings.length > 0
          ? <Findings found={found} isBusy={isBusy} onDeep={() => void (isDeep.value = true)} />
          : null}
        <Server />
        {found !== undefined && <Keeping canCopy={found.canCopy} />}
        <Limits />
      </div>
      {dialog.value?.is === "collect" && <CollectDialog />}
    </section>
  )
}
