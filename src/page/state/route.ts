/** Where the page is: all that can be seen is in the address. */
import { computed, signal } from "@preact/signals"

/** A place: the parts of the path, and what is shown there. */
export interface Place {
  readonly path: ReadonlyArray<string>
  readonly query: Readonly<Record<string, string>>
}

/** The place that a fragment names. */
const placeOf = (fragment: string): Place => {
  const [path = "", query = ""] = fragment.replace(/^#/, "").split(/\?(.*)/s)
  const parts = path.split("/").filter((it) => it !== "").map(decoded)
  return { path: parts.length === 0 ? ["runs"] : parts, query: Object.fromEntries(new URLSearchParams(query)) }
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The fragment that names a place. */
const fragmentOf = ({ path, query }: Place): string => {
  const said = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== "")).toString()
  return `#/${path.map(encodeURIComponent).join("/")}${said === "" ? "" : `?${said}`}`
}

/** Where the page is. */
export const place = signal<Place>({ path: ["runs"], query: {} })

/** One value of the query; empty when it is not there. */
export const asked = (name: string): string => place.value.query[name] ?? ""

/** The kind of page. */
export const section = computed(() => place.value.path[0]!)

/** The address of a place. */
export const linkTo = (path: ReadonlyArray<string>, query: Readonly<Record<string, string>> = {}): string =>
  fragmentOf({ path, query })

/** Goes to a place; `replace` leaves no way back to this one. */
export const go = (to: Place, replace = false): void => {
  const fragment = fragmentOf(to)
  if (fragment === location.hash) return
  if (replace) history.replaceState(null, "", fragment)
  else history.pushState(null, "", fragment)
  place.value = placeOf(fragment)
}

/** Changes what is shown here; empty values go. */
export const show = (patch: Readonly<Record<string, string>>, replace = false): void => {
  const { path, query } = place.peek()
  go({ path, query: { ...query, ...patch } }, replace)
}

/** Follows the address from now on. */
export const followAddress = (): void => {
  const read = (): void => void (place.value = placeOf(location.hash))
  addEventListener("hashchange", read)
  addEventListener("popstate", read)
  read()
}
