import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { describe, expect, it } from "vitest"
import { open, task, workflow } from "../../mod.ts"
import { Gate } from "../../src/engine/artifacts/Gate.ts"
import { memoryStore } from "../../src/store/mod.ts"

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

describe("transfers of artifacts", () => {
  it("begin fifty in each turn of the event loop, in the order in which they came", async () => {
    const gate = new Gate()
    const passed: Array<number> = []
    const begin = (index: number) => Effect.andThen(gate.passed, Effect.sync(() => void passed.push(index)))
    const fibers = Array.from({ length: 120 }, (_, index) => Effect.runFork(begin(index)))
    expect(passed).toHaveLength(50)
    await Effect.runPromise(Fiber.interrupt(fibers[60]!))
    await turn()
    await turn()
    await turn()
    expect(passed).toEqual(Array.from({ length: 120 }, (_, index) => index).filter((index) => index !== 60))
    Effect.runFork(begin(120))
    expect(passed.at(-1)).toBe(120)
  })

  it("that come later do not go before those that wait", async () => {
    const gate = new Gate()
    const passed: Array<number> = []
    const begin = (index: number): Effect.Effect<void> =>
      Effect.andThen(
        gate.passed,
        Effect.sync(() => {
          passed.push(index)
          if (index === 50) Effect.runFork(begin(120))
        })
      )
    for (let index = 0; index < 120; index++) Effect.runFork(begin(index))
    for (let turns = 0; turns < 4; turns++) await turn()
    expect(passed).toEqual(Array.from({ length: 121 }, (_, index) => index))
  })

  it("that follow each other in a body leave the process its turns", async () => {
    const during: Array<number> = []
    const put = task("put", {
      run: async (_, { artifacts }) => {
        await artifacts.putText("first", "text")
        let turns = 0
        const count = () => {
          turns++
          if (during.length === 0) setImmediate(count)
        }
        setImmediate(count)
        for (let at = 0; at < 200; at++) await artifacts.putText(`a${at}`, "text")
        during.push(turns)
      }
    })
    const pinnace = await open(":memory:", { artifacts: { store: memoryStore() } })
    await pinnace.run(workflow("puts", {}, (w) => void w.node("put", put)))
    await pinnace.close()
    expect(during[0]).toBeGreaterThanOrEqual(3)
  })
})
