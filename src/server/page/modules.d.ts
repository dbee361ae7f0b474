/** What `build/page.ts` makes of `src/page/`, as the package names it. */
declare module "#page" {
  /** The files of the page by their names; `bytes` are Base64 of what Brotli made of them. */
  export const files: Readonly<Record<string, { readonly type: string; readonly etag: string; readonly bytes: string }>>
}
