/** Where a symbolic link leads: never out of the directory it was packed with, also not by way of other links. */

/** Links followed before a link counts as one that leads nowhere, as in Linux. */
const hops = 40

/**
 * Whether following a link leaves the directory. `at` is the path of the link from the directory, `links` all links in
 * it by path, with `/` between segments. A link that leads nowhere or round in a circle stays inside.
 */
export const linkLeaves = (at: string, links: ReadonlyMap<string, string>): boolean => {
  const place = at.split("/").slice(0, -1)
  const path = (links.get(at) ?? "").split("/")
  if (path[0] === "" && path.length > 1) return true
  for (let followed = 0; path.length > 0;) {
    const step = path.shift() ?? ""
    if (step === "" || step === ".") continue
    if (step === "..") {
      if (place.pop() === undefined) return true
      continue
    }
    place.push(step)
    const next = links.get(place.join("/"))
    if (next === undefined) continue
    if (next.startsWith("/")) return true
    if (++followed > hops) return false
    place.pop()
    path.unshift(...next.split("/"))
  }
  return false
}

/** What is wrong with a link's target by itself, as the rest of a sentence; undefined when nothing is. */
export const targetProblem = (target: string): string | undefined => {
  if (target === "") return "leads nowhere"
  if (/[\0\\]/.test(target)) return "has a target with a NUL or a backslash"
  if (target.length > 4_095) return "has a target of over 4,095 characters"
  return target.startsWith("/") || /^[A-Za-z]:/.test(target) ? `leads to the absolute path ${target}` : undefined
}
