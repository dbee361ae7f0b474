/** Where nodes are shown does not depend on the order in which they were told of, nor on what they were before. */
import { expect, it } from "vitest"
import { Arrangement } from "../../src/run/Arrangement.ts"
import { seeded } from "./random.ts"

const paths = [
  "a",
  "a/b",
  "a/b/c",
  "a/b#2/c",
  "a/b/c/d",
  "a/b.onExit",
  "a/b.onExit/e",
  "m",
  "m[1]",
  "m[1]/f",
  ".onExit"
]

const told = (places: Arrangement) =>
  paths.map((path) => `${path} ${places.isShown(path) ? "beneath" : "with"} "${places.above(path)}"`)

it.each([true, false])("with handlers apart: %s", (handlersApart) => {
  for (let seed = 0; seed < 60; seed++) {
    const random = seeded(seed)
    const shown = new Set<string>()
    const rule = { isShown: (path: string) => shown.has(path), isApart: () => handlersApart }
    const changing = new Arrangement(rule)
    for (let step = 0; step < 40; step++) {
      const path = random.pick(paths)
      if (!shown.delete(path)) shown.add(path)
      changing.put(path)
    }
    for (const path of paths) changing.put(path)
    const anew = new Arrangement(rule)
    for (const path of paths) anew.put(path)
    expect(told(changing), `seed ${seed}`).toEqual(told(anew))
    const all = ["", ...paths].flatMap((path) => [...anew.shown(path), ...anew.hidden(path)])
    expect(all.sort()).toEqual([...paths].sort())
    for (const path of ["", ...paths]) expect(new Set(changing.shown(path))).toEqual(new Set(anew.shown(path)))
  }
})
