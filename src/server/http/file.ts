/** Files that somebody's workflow made, as answers: a browser may show them, and they may reach nothing. */
import { sandboxPolicy } from "../guard/security.ts"

/** What a browser shows as it is; anything else is a download. */
const plain =
  /^(?:text\/(?:plain|csv|markdown|tab-separated-values)|application\/json|image\/(?:png|jpeg|gif|webp|avif))$/
/** What can run, and is shown in a sandbox. */
const active = /^(?:text\/html|text\/xml|application\/xml|application\/xhtml\+xml|image\/svg\+xml|application\/pdf)$/

/** The headers of a file; `scripts` says whether its own scripts run where it is shown. */
export const fileHeaders = (
  name: string,
  mediaType: string,
  download: boolean,
  scripts: boolean
): Readonly<Record<string, string>> => {
  const [type = ""] = mediaType.toLowerCase().split(";")
  const isShown = !download && (plain.test(type) || active.test(type))
  return {
    "content-type": isShown ? withCharset(type) : "application/octet-stream",
    "content-disposition": `${isShown ? "inline" : "attachment"}; ${fileName(name)}`,
    "content-security-policy": sandboxPolicy(scripts && active.test(type)),
    "x-content-type-options": "nosniff",
    "cache-control": "no-store"
  }
}

const withCharset = (type: string): string => type.startsWith("text/") ? `${type}; charset=utf-8` : type

/** A file name as headers have it: what is not a plain letter is encoded, and nothing can end the header. */
const fileName = (name: string): string => {
  const last = name.split(/[/\\]/).at(-1)!
  const simple = last.replace(/[^\w. ()-]/g, "_").slice(0, 150) || "file"
  const encoded = encodeURIComponent(last.slice(0, 150).toWellFormed()).replace(
    /['()*]/g,
    (it) => `%${it.charCodeAt(0).toString(16)}`
  )
  return `filename="${simple}"; filename*=UTF-8''${encoded}`
}
