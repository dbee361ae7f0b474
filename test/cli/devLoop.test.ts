/** The loop of `pinnace dev` with generations that load and end when a test says so: L1. */
import { expect, test, vi } from "vitest"
import type { LoopOptions } from "../../src/cli/dev/Loop.ts"

const { children, FakeChild } = vi.hoisted(() => {
  class FakeChild {
    isPortTaken = false
    isEnded = false
    isAsked = false
    load = Promise.withResolvers<
      { readonly told: string; readonly files: ReadonlyArray<string>; readonly lines?: ReadonlyArray<string> }
    >()
    #gone = Promise.withResolvers<void>()
    readonly gone = this.#gone.promise

    constructor() {
      children.push(this)
    }

    ask({ ask }: { readonly ask: string }): Promise<unknown> {
      this.isAsked = true
      return ask === "load"
        ? this.load.promise
        : Promise.resolve({ told: "planned", plan: { runs: [], mayRun: [], reused: [] } })
    }

    loads(): void {
      this.load.resolve({ told: "loaded", files: [] })
    }

    dies(): void {
      this.#gone.resolve()
    }

    end(): Promise<void> {
      this.isEnded = true
      this.dies()
      return this.gone
    }

    kill(): void {
      this.dies()
    }
  }
  const children: Array<FakeChild> = []
  return { children, FakeChild }
})

vi.mock("../../src/cli/dev/Child.ts", () => ({ Child: FakeChild }))

const { Loop } = await import("../../src/cli/dev/Loop.ts")

const paint = new Proxy({}, { get: () => (text: string) => text })
const how = {
  shell: { paint, print: () => {}, complain: () => {} },
  files: [],
  onSave: "off",
  board: { show: () => {}, clear: () => {} },
  ended: () => {}
} as unknown as LoopOptions

test.each([["no newer one", false], ["a newer one", true]])(
  "A generation whose port was taken is tried alone, unless there is one that is good: %s",
  async (_, isNewer) => {
    children.length = 0
    const loop = new Loop(how)
    const asked = (at: number) => vi.waitFor(() => expect(children[at]?.isAsked).toBe(true))
    loop.begin()
    await asked(0)
    children[0]!.loads()
    loop.begin()
    await asked(1)
    children[1]!.loads()
    loop.begin()
    await asked(2)
    children[1]!.isPortTaken = true
    children[1]!.dies()
    await vi.waitFor(() => expect(children[0]!.isEnded).toBe(true))
    if (isNewer) children[2]!.loads()
    else children[2]!.load.resolve({ told: "mistaken", files: [], lines: [] })
    // The next process is made once a generation was tried; what was lost is tried again after that, if at all.
    await vi.waitFor(() => expect(children.length).toBeGreaterThanOrEqual(isNewer ? 4 : 5))
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(children.length).toBe(isNewer ? 4 : 5)
    expect(children[2]!.isEnded).toBe(!isNewer)
    for (const child of children) child.loads()
    await loop.end()
  }
)
