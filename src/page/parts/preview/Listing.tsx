/** What is in an archive: of a zip its directory is read, a tar is read from its beginning. */
import { getFile } from "../../api/connection.ts"
import type { ArtifactRow } from "../../api/wire.ts"
import { rangeOf } from "../../state/files.ts"
import { useLoaded } from "../../state/loaded.ts"
import { counted, exact, size } from "../../state/words.ts"
import { Icon } from "../Icon.tsx"
import { Banner, Loading } from "../Notice.tsx"
import { VirtualList } from "../VirtualList.tsx"
import type { Entry } from "./Entry.ts"
import { zipEntries } from "./zip.ts"

/** The most entries that are listed. */
const most = 10_000
/** The most bytes of a tar that are read. */
const mostBytes = 64_000_000

const entriesOf = async (
  { artifact, size }: ArtifactRow,
  kind: "zip" | "tar" | "tgz"
): Promise<ReadonlyArray<Entry>> => {
  if (kind === "zip") return zipEntries((from, to) => rangeOf(artifact, from, to), size, most)
  const { tarEntries } = await import("./tar.ts")
  const path = `/artifacts/${encodeURIComponent(artifact)}/bytes`
  const { body } = await getFile(path, { range: `bytes=0-${Math.min(size, mostBytes) - 1}` })
  return tarEntries(body!, kind === "tgz", most)
}

/** The list. */
export const Listing = (
  { artifact, kind }: { readonly artifact: ArtifactRow; readonly kind: "zip" | "tar" | "tgz" }
) => {
  const { problem, value } = useLoaded(artifact.artifact, () => entriesOf(artifact, kind))
  if (problem.value !== "") return <Banner tone="error">This archive cannot be read: {problem.value}</Banner>
  if (value.value === undefined) return <Loading label="Reading what is in it" rows={4} />
  const files = value.value.filter(({ isFolder }) => !isFolder)
  const sum = files.reduce((all, it) => all + (it.size ?? 0), 0)
  return (
    <>
      <p class="faint">
        {counted(files.length, "file")}, {size(sum)}
        {value.value.length >= most && ", and more"}
      </p>
      <div class="listing">
        <VirtualList items={value.value} height={26} keyOf={({ name }, at) => `${at} ${name}`} label="What is in it">
          {({ at, isFolder, name, size: bytes }) => (
            <div class="listing-row">
              <Icon sign={isFolder ? "box" : "file"} size={14} />
              <span class="name" title={name}>{name}</span>
              <span class="right faint">{isFolder || bytes === undefined ? "" : size(bytes)}</span>
              <span class="right faint">{at === 0 ? "" : exact(at, true).slice(0, 16)}</span>
            </div>
          )}
        </VirtualList>
      </div>
    </>
  )
}
