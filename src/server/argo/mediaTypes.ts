/** Media types by the ends of names: those that a browser can show. */

const types: Readonly<Record<string, string>> = {
  css: "text/css",
  csv: "text/csv",
  gif: "image/gif",
  htm: "text/html",
  html: "text/html",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  json: "application/json",
  log: "text/plain",
  md: "text/markdown",
  pdf: "application/pdf",
  png: "image/png",
  svg: "image/svg+xml",
  tsv: "text/tab-separated-values",
  txt: "text/plain",
  webp: "image/webp",
  xml: "text/xml",
  yaml: "text/plain",
  yml: "text/plain"
}

/** The media type of a file of this name. */
export const mediaTypeOf = (name: string): string => {
  const end = name.slice(name.lastIndexOf(".") + 1).toLowerCase()
  return Object.hasOwn(types, end) ? types[end]! : "application/octet-stream"
}
