/** What the browser shows by itself, by a link that opens one file for a minute: pages in a sandbox, PDF, pictures. */
import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { wordsOf } from "../../api/Client.ts"
import type { ArtifactRow } from "../../api/wire.ts"
import { ticketFor } from "../../state/files.ts"
import { Banner, Loading } from "../Notice.tsx"

/** The file. */
export const Ticketed = ({ artifact }: { readonly artifact: ArtifactRow }) => {
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
