/** Bytes in the way that suits them: as a tree, a table, a picture, text, else as numbers. */
import { useSignal } from "@preact/signals"
import type { ComponentType } from "preact"
import { useEffect } from "preact/hooks"
import type { Json as Value } from "../../../run/Event.ts"
import { useLoaded } from "../../state/loaded.ts"
import { Json } from "../Json.tsx"
import { Loading } from "../Notice.tsx"
import { CsvTable } from "./CsvTable.tsx"
import { hex } from "./hex.ts"
import type { Kind } from "./kinds.ts"

/** What is shown. */
export interface Shown {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Whether these are all bytes there are. */
  readonly isAll: boolean
  readonly kind: Kind
  readonly name: string
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

const Text = ({ bytes, isAll, kind, name }: Shown) => {
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

const pictures: Readonly<Record<string, string>> = { jpg: "jpeg", jpeg: "jpeg", gif: "gif", webp: "webp", avif: "avif" }

/** A picture that only its name tells of. */
const Picture = ({ bytes, name }: Shown) => {
  const url = useSignal("")
  useEffect(() => {
    const type = `image/${pictures[name.toLowerCase().split(".").at(-1)!] ?? "png"}`
    url.value = URL.createObjectURL(new Blob([bytes], { type }))
    return () => URL.revokeObjectURL(url.value)
  }, [bytes])
  if (url.value === "") return null
  return (
    <div class="preview-image">
      <img src={url.value} alt={name} />
    </div>
  )
}

/** The bytes. */
export const Content = (it: Shown) => {
  if (it.kind === "image" && it.isAll) return <Picture {...it} />
  return isText(it.bytes) ? <Text {...it} /> : <pre class="preview-text">{hex(it.bytes)}</pre>
}
