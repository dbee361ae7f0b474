/** What is in an artifact, in the way that suits it, else its first bytes. Little of a large one is read. */
import type { ArtifactRow } from "../../api/wire.ts"
import { rangeOf } from "../../state/files.ts"
import { useLoaded } from "../../state/loaded.ts"
import { size } from "../../state/words.ts"
import { Banner, Loading } from "../Notice.tsx"
import { Content } from "./Content.tsx"
import { type Kind, kindOf } from "./kinds.ts"
import { Listing } from "./Listing.tsx"
import { Ticketed } from "./Ticketed.tsx"

/** The most bytes that are read to be shown as text. */
const most = 1_000_000
/** The most bytes of a picture that only its name tells of. */
const mostOfPicture = 20_000_000

const Beginning = ({ artifact, kind }: { readonly artifact: ArtifactRow; readonly kind: Kind }) => {
  // The server would not show a picture as one that only its name tells of.
  const isWhole = kind === "image" && artifact.size <= mostOfPicture
  const { problem, value } = useLoaded(
    artifact.artifact,
    () => rangeOf(artifact.artifact, 0, isWhole ? artifact.size : Math.min(most, artifact.size))
  )
  const bytes = value.value
  if (problem.value !== "") return <Banner tone="error">{problem.value}</Banner>
  if (bytes === undefined) return <Loading label="Reading it" rows={3} />
  const isAll = bytes.length >= artifact.size
  return (
    <>
      {!isAll && <p class="faint">The first {size(bytes.length)} of {size(artifact.size)}.</p>}
      <Content bytes={bytes} isAll={isAll} kind={kind} name={artifact.name} />
    </>
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
  return <Beginning artifact={artifact} kind={kind} />
}
