/** What is in an artifact: images, tables, JSON, texts, pages in a sandbox; the first bytes of anything else. */
import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { wordsOf } from "../api/Client.ts"
import type { ArtifactRow } from "../api/wire.ts"
import type { Json as Value } from "../../run/Event.ts"
import { beginningOf, ticketFor } from "../state/files.ts"
import { size } from "../state/words.ts"
import { rowsOfCsv } from "./csv.ts"
import { Json } from "./Json.tsx"
import { Banner, Loading } from "./Notice.tsx"
import { VirtualList } from "./VirtualList.tsx"

const tab = "\t"

/** The most bytes that are read to be shown. */
const most = 1_000_000

const byTicket = /^(?:image\/|text\/html|application\/(?:pdf|xhtml))/

const Ticketed = ({ artifact }: { readonly artifact: ArtifactRow }) => {
  const url = useSignal("")
  const problem = useSignal("")
  const withScripts = useSignal(true)
  const isPage = !artifact.mediaType.startsWith("image/") || artifact.mediaType.startsWith("image/svg")
  useEffect(() => {
    url.value = ""
    ticketFor(artifact.artifact, withScripts.value ? "" : "?plain").then(
      (it) => void (url.value = it),
      (error: unknown) => void (problem.value = wordsOf(error))
    )
  }, [artifact.artifact, withScripts.value])
  if (problem.value !== "") return <Banner tone="error">{problem.value}</Banner>
  if (url.value === "") return <Loading label="Opening it" rows={3} />
  if (!isPage) {
    return (
      <div class="preview-image">
        <img src={url.value} alt={artifact.name} />
      </div>
    )
  }
  return (
    <>
      {artifact.mediaType.startsWith("text/html") && (
        <label class="check">
          <input
            type="checkbox"
            checked={withScripts.value}
            onChange={(event) => void (withScripts.value = event.currentTarget.checked)}
          />Run its scripts, in a sandbox that reaches nothing
        </label>
      )}
      <iframe
        class="preview-page"
        title={artifact.name}
        src={url.value}
        sandbox={artifact.mediaType === "application/pdf" ? undefined : withScripts.value ? "allow-scripts" : ""}
      />
    </>
  )
}

const hex = (bytes: Uint8Array): string => {
  const lines: Array<string> = []
  for (let at = 0; at < Math.min(bytes.length, 4_096); at += 16) {
    const part = [...bytes.subarray(at, at + 16)]
    const letters = part.map((it) => it >= 32 && it < 127 ? String.fromCharCode(it) : "·").join("")
    lines.push(
      `${at.toString(16).padStart(6, "0")}  ${
        part.map((it) => it.toString(16).padStart(2, "0")).join(" ").padEnd(48)
      } ${letters}`
    )
  }
  return lines.join("\n")
}

const Table = ({ text, separator }: { readonly text: string; readonly separator: "," | "\t" }) => {
  const [head = [], ...rows] = rowsOfCsv(text, separator, 100_000)
  const columns = {
    gridTemplateColumns: `56px repeat(${Math.min(head.length, 100)}, minmax(90px, 1fr))`,
    minWidth: `${56 + Math.min(head.length, 100) * 110}px`
  }
  return (
    <div class="csv">
      <VirtualList
        items={rows}
        height={26}
        keyOf={(_, at) => String(at)}
        label="Rows of the table"
        head={
          <div class="csv-row csv-head" style={columns}>
            <span />
            {head.slice(0, 100).map((it, at) => <span key={at}>{it}</span>)}
          </div>
        }
      >
        {(row, at) => (
          <div class="csv-row" style={columns}>
            <span class="line-number">{at + 1}</span>
            {row.slice(0, 100).map((it, index) => <span key={index} title={it}>{it}</span>)}
          </div>
        )}
      </VirtualList>
    </div>
  )
}

const isText = (bytes: Uint8Array): boolean => !bytes.subarray(0, 8_000).includes(0)

const Body = ({ artifact, bytes }: { readonly artifact: ArtifactRow; readonly bytes: Uint8Array<ArrayBuffer> }) => {
  const type = artifact.mediaType.split(";")[0]!
  if (!isText(bytes)) return <pre class="preview-text">{hex(bytes)}</pre>
  const text = new TextDecoder().decode(bytes)
  const isAll = bytes.length >= artifact.size
  if (/\bjson$/.test(type) && isAll) {
    try {
      return <Json value={JSON.parse(text) as Value} label={artifact.name} />
    } catch {
      // What only says that it is JSON is text.
    }
  }
  if (type === "text/csv" || artifact.name.endsWith(".csv")) return <Table text={text} separator="," />
  if (type === "text/tab-separated-values" || artifact.name.endsWith(".tsv")) {
    return <Table text={text} separator={tab} />
  }
  return <pre class="preview-text">{text}</pre>
}

/** The preview. */
export const Preview = ({ artifact }: { readonly artifact: ArtifactRow }) => {
  const bytes = useSignal<Uint8Array<ArrayBuffer> | undefined>(undefined)
  const problem = useSignal("")
  const isThere = artifact.state === "live" || artifact.state === "due"
  const isTicketed = byTicket.test(artifact.mediaType)
  useEffect(() => {
    if (!isThere || isTicketed || artifact.size === 0) return
    beginningOf(artifact.artifact, most).then(
      (it) => void (bytes.value = it),
      (error: unknown) => void (problem.value = wordsOf(error))
    )
  }, [artifact.artifact])
  if (!isThere) {
    return <Banner>It was deleted, as its strategy says. Retry the node that made it to have it again.</Banner>
  }
  if (problem.value !== "") return <Banner tone="error">{problem.value}</Banner>
  if (isTicketed) return <Ticketed artifact={artifact} />
  if (artifact.size === 0) return <p class="faint">It is empty.</p>
  if (bytes.value === undefined) return <Loading label="Reading it" rows={3} />
  return (
    <>
      {bytes.value.length < artifact.size && (
        <p class="faint">The first {size(bytes.value.length)} of {size(artifact.size)}.</p>
      )}
      <Body artifact={artifact} bytes={bytes.value} />
    </>
  )
}
