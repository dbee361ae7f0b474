/** Changes of documents that keep their syntax: what people, programs and attackers write instead of what is meant. */
import type { Random } from "../run/random.ts"

type Tree = unknown

const odd: ReadonlyArray<unknown> = [
  null,
  "",
  0,
  -1,
  1e9,
  1.5,
  true,
  [],
  {},
  [[]],
  [null],
  "{{",
  "{{x}}",
  "{{=1 +}}",
  "{{=nil.a}}",
  "{{workflow.name}}",
  "../..",
  "a\nb",
  "\u0000",
  "-x",
  "x".repeat(1_000),
  "__proto__",
  "constructor",
  "9999999999999999999999"
]

/** Members whose texts are run: they stay as they are. */
const kept = new Set(["command", "args", "source", "image"])

/** A copy with some parts removed, doubled, moved or replaced. */
export const mutate = (tree: Tree, random: Random): Tree => {
  const copy = structuredClone(tree)
  for (let edits = random.below(3); edits > 0; edits--) {
    const places = placesIn(copy)
    if (places.length > 0) change(random.pick(places), random)
  }
  return copy
}

interface Place {
  readonly holder: Record<string, unknown> | Array<unknown>
  readonly key: string
}

const placesIn = (tree: Tree): ReadonlyArray<Place> => {
  if (typeof tree !== "object" || tree === null) return []
  return Object.keys(tree).filter((key) => !kept.has(key)).flatMap((key) => [
    { holder: tree as Place["holder"], key },
    ...placesIn((tree as Record<string, unknown>)[key])
  ])
}

const change = ({ holder, key }: Place, random: Random): void => {
  const record = holder as Record<string, unknown>
  const way = random.below(5)
  if (way === 0) {
    if (Array.isArray(holder)) holder.splice(Number(key), 1)
    else delete record[key]
  } else if (way === 1) {
    if (Array.isArray(holder)) holder.push(structuredClone(holder[Number(key)]))
    else record[`${key}x`] = structuredClone(record[key])
  } else if (way === 2 && typeof record[key] !== "string") record[key] = [record[key]]
  else {
    // A text becomes another one more often than something that is refused for its type.
    const texts = odd.filter((it) => typeof it === "string")
    record[key] = structuredClone(random.pick(typeof record[key] === "string" && random.chance(0.8) ? texts : odd))
  }
}
