/** What is in an artifact, in the way that suits it, else its first bytes. Little of a large one is read. */
import { useSignal } from "@preact/signals"
import type { ComponentType } from "preact"
import { useEffect } from "preact/hooks"
import type { ArtifactRow } from "../../api/wire.ts"
import type { Json as Value } from "../../../run/Event.ts"
import { rangeOf } from "../../state/files.ts"
import { useLoaded } from "../../state/loaded.ts"
import { size } from "../../state/words.ts"
import { Json } from "../Json.tsx"
import { Banner, Loading } from "../Notice.tsx"
import { CsvTable } from "./CsvTable.tsx"
import { hex } from "./hex.ts"
import { type Kind, kindOf } from "./kinds.ts"
import { Listing } from "./Listing.tsx"
import { Ticketed } from "./Ticketed.tsx"

/** The most bytes that are read to be shown as text. */
const most = 1_000_000
/** The most bytes of a picture that only its name tells of. */
const mostOfPicture = 20_000_000

interface Shown {
  readonly artifact: ArtifactRow
  readonly bytes: Uint8Array<ArrayBuffer>
}

const isText = (bytes: Uint8Array): boolean => !bytes.subarray(0, 8_000).includes(0)

const jsonOf = (text: string): Value | undefined => {
  try {
    return JSON.parse(text) as Value
  } catch {
    return undefined
  }
}

/** Markdown is loaded when it is shown. */
const MarkdownLater = ({ text }: { readonly text: string }) => {
  const { value } = useLoaded<ComponentType<{ readonly text: string }>>(
    "markdown",
    () => import("./Markdown.tsx").then((it) => it.Markdown)
  )
  const Markdown = value.value
  return Markdown === undefined ? <Loading label="Reading it" rows={4} /> : <Markdown text={text} />
}

const Text = ({ bytes, isAll, kind, name }: {
  readonly bytes: Uint8Array
  readonly isAll: boolean
  readonly kind: Kind
  readonly name: string
}) => {
  const text = new TextDecoder().decode(bytes)
  const json = kind === "json" && isAll ? jsonOf(text) : undefined
  if (json !== undefined) return <Json value={json} label={name} />
  if (kind === "lines" && isAll) {
    const lines = text.split("\n").filter((line) => line.trim() !== "").map(jsonOf)
    if (!lines.includes(undefined)) return <Json value={lines as ReadonlyArray<Value> as Value} label={name} />
  }
  if (kind === "csv" || kind === "tsv") return <CsvTable text={text} separator={kind === "csv" ? "," : "\t"} />
  if (kind === "markdown") return <MarkdownLater text={text} />
  return <pre class="preview-text">{text}</pre>
}

const Beginning = ({ artifact, kind }: { readonly artifact: ArtifactRow; readonly kind: Kind }) => {
  const { problem, value } = useLoaded(
    artifact.artifact,
    () => rangeOf(artifact.artifact, 0, Math.min(most, artifact.size))
  )
  const bytes = value.value
  if (problem.value !== "") return <Banner tone="error">{problem.value}</Banner>
  if (bytes === undefined) return <Loading label="Reading it" rows={3} />
  const isAll = bytes.length >= artifact.size
  return (
    <>
      {!isAll && <p class="faint">The first {size(bytes.length)} of {size(artifact.size)}.</p>}
      {isText(bytes)
        ? <Text bytes={bytes} isAll={isAll} kind={kind} name={artifact.name} />
        : <pre class="preview-text">{hex(bytes)}</pre>}
    </>
  )
}

const pictures: Readonly<Record<string, string>> = { jpg: "jpeg", jpeg: "jpeg", gif: "gif", webp: "webp", avif: "avif" }

/** A picture that only its name tells of: the server would not show it as one. */
const NamedPicture = ({ artifact: { artifact, name, size: bytes } }: { readonly artifact: ArtifactRow }) => {
  const { problem, value } = useLoaded(artifact, () => rangeOf(artifact, 0, bytes))
  const url = useSignal("")
  useEffect(() => {
    if (value.value === undefined) return
    const type = `image/${pictures[name.toLowerCase().split(".").at(-1)!] ?? "png"}`
    url.value = URL.createObjectURL(new Blob([value.value], { type }))
    return () => URL.revokeObjectURL(url.value)
  }, [value.value])
  if (problem.value !== "") return <Banner tone="error">{problem.value}</Banner>
  if (url.value === "") return <Loading label="Reading it" rows={3} />
  return (
    <div class="preview-image">
      <img src={url.value} alt={name} />
    </div>
  )
}

/** The preview. */
export const Preview = ({ artifact }: { readonly artifact: ArtifactRow }) => {
  const isThere = artifact.state === "live" || artifact.state === "due"
  if (!isThere) {
    return <Banner>It was deleted, as its strategy says. Retry the node that made it to have it again.</Banner>
  }
  if (artifact.size === 0) return <p class="faint">It is empty.</p>
  const kind = kindOf(artifact.mediaType, artifact.name)
  const isTold = artifact.mediaType.startsWith("image/") || artifact.mediaType.startsWith("application/pdf")
  if (kind === "zip" || kind === "tar" || kind === "tgz") return <Listing artifact={artifact} kind={kind} />
  if (kind === "page" || isTold) return <Ticketed artifact={artifact} />
  if (kind === "image" && artifact.size <= mostOfPicture) return <NamedPicture artifact={artifact} />
  return <Beginning artifact={artifact} kind={kind} />
}
