/** How an artifact is shown: by its media type, else by its name. Pure. */

/** A way to show it. */
export type Kind =
  | "image"
  | "page"
  | "pdf"
  | "json"
  | "lines"
  | "csv"
  | "tsv"
  | "markdown"
  | "zip"
  | "tar"
  | "tgz"
  | "text"
  | "bytes"

const types: ReadonlyArray<readonly [RegExp, Kind]> = [
  [/^image\//, "image"],
  [/^(?:text\/html|application\/xhtml\+xml)$/, "page"],
  [/^application\/pdf$/, "pdf"],
  [/^application\/(?:x-ndjson|jsonl)$/, "lines"],
  [/[/+]json$/, "json"],
  [/^text\/csv$/, "csv"],
  [/^text\/tab-separated-values$/, "tsv"],
  [/^text\/(?:x-)?markdown$/, "markdown"],
  [/^application\/(?:zip|x-zip-compressed)$/, "zip"],
  [/^application\/(?:x-)?tar$/, "tar"],
  [/^application\/(?:gzip|x-gzip|x-tgz)$/, "tgz"]
]

const names: ReadonlyArray<readonly [RegExp, Kind]> = [
  [/\.(?:png|jpe?g|gif|webp|avif)$/, "image"],
  [/\.pdf$/, "pdf"],
  [/\.(?:ndjson|jsonl)$/, "lines"],
  [/\.json$/, "json"],
  [/\.csv$/, "csv"],
  [/\.tsv$/, "tsv"],
  [/\.(?:md|markdown)$/, "markdown"],
  [/\.(?:zip|jar|whl)$/, "zip"],
  [/\.tar$/, "tar"],
  [/\.(?:tgz|tar\.gz)$/, "tgz"],
  [/\.(?:txt|log|ya?ml|xml|toml|ini|sql|ts|tsx|js|py|go|rs|sh)$/, "text"]
]

const find = (all: ReadonlyArray<readonly [RegExp, Kind]>, text: string): Kind | undefined =>
  all.find(([pattern]) => pattern.test(text))?.[1]

/** The way to show an artifact; what only says that it has bytes is looked at by its name. */
export const kindOf = (mediaType: string, name: string): Kind => {
  const type = mediaType.toLowerCase().split(";")[0]!.trim()
  const byName = find(names, name.toLowerCase())
  // A single file may be zipped without an archive: only its name tells.
  if (type === "application/gzip" || type === "application/x-gzip") return byName === "tgz" ? "tgz" : "bytes"
  return find(types, type) ?? byName ?? (type.startsWith("text/") ? "text" : "bytes")
}
