import { describe, expect, it } from "vitest"
import {
  attempt,
  baseOf,
  child,
  depth,
  hook,
  isHandler,
  isHandlerRoot,
  isItem,
  item,
  onExit,
  parent,
  SEGMENT_MAX
} from "../../src/run/path.ts"
import { forSeeds, type Random } from "./random.ts"

const awkward = [
  "/",
  "[",
  "]",
  "#",
  "%",
  ".",
  "(",
  ")",
  "a",
  "1",
  ".onExit",
  ".hooks.x",
  "é",
  "\u{1f600}",
  "\ud800",
  "\n",
  "%2f",
  "~"
]

const randomText = (random: Random): string =>
  Array.from({ length: random.below(5) }, () => random.pick(awkward)).join("")

type Step = readonly ["child" | "item" | "attempt" | "onExit" | "hook", string]

const take = (path: string, [kind, text]: Step): string => {
  switch (kind) {
    case "child":
      return child(path, text)
    case "item":
      return item(path, text)
    case "attempt":
      return attempt(path, text.length + 2)
    case "onExit":
      return onExit(path)
    case "hook":
      return hook(path, "failed")
  }
}

describe("paths", () => {
  it("read as the place where a node stands", () => {
    const page = item(child(attempt(child("", "report"), 2), "pages"), "a/b")
    expect(page).toBe("report#2/pages[a%2fb]")
    expect(onExit(page)).toBe("report#2/pages[a%2fb].onExit")
    expect(hook("", "failed")).toBe(".hooks.failed")
    expect(attempt("report", 1)).toBe("report")
  })

  it("never collide, whatever names and keys are", () => {
    const known = new Map<string, string>()
    forSeeds(20_000, (random) => {
      const kinds = ["child", "item"] as const
      const steps = Array.from({ length: 1 + random.below(3) }, (): Step => [random.pick(kinds), randomText(random)])
      const path = steps.reduce(take, "n")
      const origin = JSON.stringify(steps)
      expect(known.get(path) ?? origin).toBe(origin)
      known.set(path, origin)
    })
  })

  it("lead back to the node above", () => {
    forSeeds(2_000, (random) => {
      const name = randomText(random)
      const above = child(child("", "a"), randomText(random))
      expect(parent(child(above, name))).toBe(above)
      expect(parent(child(attempt(above, 3), name))).toBe(above)
      expect(parent(item(above, name))).toBe(above)
      expect(parent(onExit(item(above, name)))).toBe(item(above, name))
      expect(parent(hook(above, "failed"))).toBe(above)
      expect(depth(child(attempt(above, 3), name))).toBe(depth(above) + 1)
      expect(depth(onExit(above))).toBe(depth(above) + 1)
    })
    expect([parent("a"), parent(".onExit"), parent("")]).toEqual(["", "", null])
    expect([depth(""), depth("a"), depth(".onExit"), depth(".onExit/b")]).toEqual([0, 1, 1, 2])
  })

  it("tell handlers and items from nodes that only look like them", () => {
    for (const text of [".onExit", "x.onExit", ".hooks.failed", "a/b.onExit/c", "x.hooks.y"]) {
      expect(isHandler(child("a", text))).toBe(false)
      expect(isHandler(item("a", text))).toBe(false)
    }
    expect(isHandler(child(onExit("a"), "b"))).toBe(true)
    expect(isHandlerRoot(child(onExit("a"), "b"))).toBe(false)
    expect(isHandlerRoot(onExit(item("a", "k")))).toBe(true)
    expect([isItem("a[1]"), isItem("a[1]#2"), isItem("a[1]/b"), isItem("a")]).toEqual([true, true, false, false])
  })

  it("stay bounded and different for long keys", () => {
    const long = "k".repeat(100_000)
    const one = item("m", `${long}1`)
    expect(one.length).toBe("m[]".length + SEGMENT_MAX)
    expect(one).not.toBe(item("m", `${long}2`))
    expect(one).toBe(item("m", `${long}1`))
    expect(parent(one)).toBe("m")
  })

  it("survive UTF-8, even when a key is cut in the middle of a character", () => {
    for (const shift of ["", "x"]) expect(item("m", shift + "\u{1f600}".repeat(400)).isWellFormed()).toBe(true)
    forSeeds(500, (random) => expect(child("a", randomText(random)).isWellFormed()).toBe(true))
  })

  it("differ for the two names whose 32-bit hashes are equal", () => {
    expect(child("collide", "sumipimiba-degove")).not.toBe(child("collide", "bamagotapi-vebave"))
  })

  it("are the same for all attempts without their marks", () => {
    const path = child(attempt(item(attempt("a", 2), "k#1"), 3), "b")
    expect(baseOf(path)).toBe("a[k%231]/b")
  })
})
