/** What is in an archive, and in each file of it: of a zip its directory is read, a tar is read from its beginning. */
import { useSignal } from "@preact/signals"
import { getFile } from "../../api/connection.ts"
import type { ArtifactRow } from "../../api/wire.ts"
import { rangeOf } from "../../state/files.ts"
import { useLoaded } from "../../state/loaded.ts"
import { counted, exact, size } from "../../state/words.ts"
import { Icon } from "../Icon.tsx"
import { Banner, Loading } from "../Notice.tsx"
import { VirtualList } from "../VirtualList.tsx"
import { Content } from "./Content.tsx"
import type { Beginning, Entry } from "./Entry.ts"
import { kindOf } from "./kinds.ts"
import { zipContent, zipEntries } from "./zip.ts"

/** The most entries that are listed. */
const most = 10_000
/** The most bytes of a tar that are read. */
const mostBytes = 64_000_000
/** The most bytes of a file in it that are shown. */
const mostShown = 1_000_000

type ArchiveKind = "zip" | "tar" | "tgz"

interface Archive {
  readonly artifact: ArtifactRow
  readonly kind: ArchiveKind
}

const bytesOf = async ({ artifact, size }: ArtifactRow): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> => {
  const path = `/artifacts/${encodeURIComponent(artifact)}/bytes`
  return (await getFile(path, { range: `bytes=0-${Math.min(size, mostBytes) - 1}` })).body!
}

const entriesOf = async ({ artifact: it, kind }: Archive): Promise<ReadonlyArray<Entry>> => {
  if (kind === "zip") return zipEntries((from, to) => rangeOf(it.artifact, from, to), it.size, most)
  const { tarEntries } = await import("./tar.ts")
  return tarEntries(await bytesOf(it), kind === "tgz", most)
}

const contentOf = async ({ artifact: it, kind }: Archive, entry: Entry, place: number): Promise<Beginning> => {
  if (kind === "zip") {
    return zipContent((from, to) => rangeOf(it.artifact, from, Math.min(to, it.size)), entry, mostShown)
  }
  const { tarContent } = await import("./tar.ts")
  return tarContent(await bytesOf(it), kind === "tgz", place, mostShown)
}

const Opened = (
  { archive, entry, onClose, place }: {
    readonly archive: Archive
    readonly entry: Entry
    readonly place: number
    readonly onClose: () => void
  }
) => {
  const { problem, value } = useLoaded(
    `${archive.artifact.artifact} ${place}`,
    async () => ({ ...await contentOf(archive, entry, place), place })
  )
  // What was read for another file is not this one's.
  const found = value.value?.place === place ? value.value : undefined
  return (
    <section class="inner-file" aria-label={entry.name}>
      <header>
        <h3 title={entry.name}>{entry.name}</h3>
        <div class="grow" />
        <button type="button" class="quiet icon-button" aria-label={`Close ${entry.name}`} onClick={onClose}>
          <Icon sign="close" />
        </button>
      </header>
      {problem.value !== ""
        ? <Banner tone="error">This file cannot be shown: {problem.value}</Banner>
        : found === undefined
        ? <Loading label="Reading it" rows={3} />
        : found.bytes.length === 0
        ? <p class="faint">It is empty.</p>
        : (
          <>
            {!found.isAll && <p class="faint">The first {size(found.bytes.length)}.</p>}
            <Content {...found} kind={kindOf("", entry.name)} name={entry.name} />
          </>
        )}
    </section>
  )
}

/** Archives that tell no times have the earliest that their format can write, in some zone. */
const toldSince = Date.UTC(1980, 0, 3)

const Row = ({ entry: { at, isFolder, name, size: bytes }, isChosen, onChoose }: {
  readonly entry: Entry
  readonly isChosen: boolean
  readonly onChoose: () => void
}) => {
  const cells = (
    <>
      <Icon sign={isFolder ? "box" : "file"} size={14} />
      <span class="name" title={name}>{name}</span>
      <span class="right faint">{isFolder || bytes === undefined ? "" : size(bytes)}</span>
      <span class="right faint">{at < toldSince ? "" : exact(at, true).slice(0, 16)}</span>
    </>
  )
  if (isFolder) return <div class="listing-row">{cells}</div>
  return (
    <button
      type="button"
      class={`listing-row ${isChosen ? "chosen" : ""}`}
      aria-expanded={isChosen}
      onClick={onChoose}
    >
      {cells}
    </button>
  )
}

/** The list. */
export const Listing = (archive: Archive) => {
  const { problem, value } = useLoaded(archive.artifact.artifact, () => entriesOf(archive))
  const chosen = useSignal(-1)
  if (problem.value !== "") return <Banner tone="error">This archive cannot be read: {problem.value}</Banner>
  if (value.value === undefined) return <Loading label="Reading what is in it" rows={4} />
  const entries = value.value.map((entry, place) => ({ entry, place }))
  const files = value.value.filter(({ isFolder }) => !isFolder)
  const sum = files.reduce((all, it) => all + (it.size ?? 0), 0)
  const opened = value.value[chosen.value]
  return (
    <>
      <p class="faint">
        {counted(files.length, "file")}, {size(sum)}
        {value.value.length >= most && ", and more"}
      </p>
      <div class="listing" style={{ height: `${Math.min(360, Math.max(1, entries.length) * 26 + 2)}px` }}>
        <VirtualList
          items={entries}
          height={26}
          keyOf={({ entry, place }) => `${place} ${entry.name}`}
          label="What is in it"
        >
          {({ entry, place }) => (
            <Row
              entry={entry}
              isChosen={place === chosen.value}
              onChoose={() => void (chosen.value = place === chosen.value ? -1 : place)}
            />
          )}
        </VirtualList>
      </div>
      {opened !== undefined && (
        <Opened
          archive={archive}
          entry={opened}
          place={chosen.value}
          onClose={() => void (chosen.value = -1)}
        />
      )}
    </>
  )
}
