/** A table of routes, and which of them a request means. */
import { decoded } from "../guard/target.ts"

/** A request that passed the guard, taken apart. */
export interface Call<Site> {
  readonly site: Site
  readonly request: Request
  readonly url: URL
  /** The parts of the path that the pattern names; `rest` is what `*` stands for. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** Who asks, by the name of the token. */
  readonly who: string
}

/** What is recorded of whoever asks: a server without tokens knows no names. */
export const signature = (who: string): string => who === "" ? "somebody" : who

/** A route: `GET /runs/:id`. Whatever changes anything is marked, so that a server that only shows has none of it. */
export interface Route<Site> {
  readonly method: "GET" | "POST" | "PUT" | "DELETE"
  readonly pattern: string
  readonly acts?: boolean
  /** Whether its answer costs much, or moves a file: only some of them at once, and neither waits for the other. */
  readonly heavy?: "answer" | "file"
  readonly answer: (call: Call<Site>) => Promise<Response> | Response
}

/** What a method and a path mean. */
export type Match<Site> =
  | { readonly found: "route"; readonly route: Route<Site>; readonly params: Readonly<Record<string, string>> }
  /** The path is there, for these methods only. */
  | { readonly found: "method"; readonly allowed: ReadonlyArray<string> }
  | { readonly found: "nothing" }

interface Ready<Site> {
  readonly route: Route<Site>
  readonly parts: ReadonlyArray<string>
}

/** A table that is ready to be asked; the first route that fits is meant. */
export const routing = <Site>(routes: ReadonlyArray<Route<Site>>) => {
  const table = routes.map((route): Ready<Site> => ({ route, parts: route.pattern.split("/").slice(1) }))
  return (method: string, path: string): Match<Site> => {
    const parts = path.split("/").slice(1).map((it) => decoded(it) ?? "")
    const fitting = table.flatMap(({ parts: pattern, route }) => {
      const params = paramsOf(pattern, parts)
      return params === undefined ? [] : [{ route, params }]
    })
    const wanted = method === "HEAD" ? "GET" : method
    const found = fitting.find(({ route }) => route.method === wanted)
    if (found !== undefined) return { found: "route", ...found }
    return fitting.length === 0
      ? { found: "nothing" }
      : { found: "method", allowed: [...new Set(fitting.map(({ route }) => route.method))] }
  }
}

const paramsOf = (
  pattern: ReadonlyArray<string>,
  parts: ReadonlyArray<string>
): Readonly<Record<string, string>> | undefined => {
  const params: Record<string, string> = {}
  for (const [at, part] of pattern.entries()) {
    if (part === "*") return { ...params, rest: parts.slice(at).join("/") }
    const given = parts[at]
    if (given === undefined) return undefined
    if (part.startsWith(":")) params[part.slice(1)] = given
    else if (part !== given) return undefined
  }
  return parts.length === pattern.length ? params : undefined
}
