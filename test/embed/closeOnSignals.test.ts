/** How an app closes its engine when its process is asked to end. */
import process from "node:process"
import { afterEach, expect, it, vi } from "vitest"
import { closeOnSignals } from "../../mod.ts"
import type { CloseOptions } from "../../src/engine/life/close.ts"

afterEach(() => void vi.restoreAllMocks())

/** What happens, in its order; the engine takes as long to close as it is told. */
const made = (closed: Promise<void> = Promise.resolve()) => {
  const happened: Array<unknown> = []
  const close = async (options?: CloseOptions): Promise<void> => {
    happened.push(options)
    await closed
    happened.push("closed")
  }
  vi.spyOn(process, "exit").mockImplementation((code) => void happened.push(`exit ${code}`) as never)
  return { happened, pinnace: { close } }
}

const listeners = (): number => process.listenerCount("SIGTERM") + process.listenerCount("SIGINT")

it("ends what the app has first, closes with a drain, and leaves the process to end by itself", async () => {
  const before = listeners()
  const { happened, pinnace } = made()
  closeOnSignals(pinnace, { drain: "5 seconds", before: (signal) => void happened.push(signal) })
  expect(listeners()).toBe(before + 2)
  process.emit("SIGTERM", "SIGTERM")
  await vi.waitFor(() => expect(listeners()).toBe(before))
  expect(happened).toEqual(["SIGTERM", { drain: "5 seconds" }, "closed"])
})

it("ends at once at a second signal", async () => {
  const { happened, pinnace } = made(new Promise(() => {}))
  const stop = closeOnSignals(pinnace)
  process.emit("SIGINT", "SIGINT")
  await vi.waitFor(() => expect(happened).toEqual([{}]))
  process.emit("SIGTERM", "SIGTERM")
  expect(happened).toEqual([{}, "exit 143"])
  stop()
})

it("closes the engine though what comes before it fails, and nothing once it was taken back", async () => {
  const { happened, pinnace } = made()
  const said: Array<string> = []
  vi.spyOn(process.stderr, "write").mockImplementation((text) => said.push(String(text)) > 0)
  closeOnSignals(pinnace, { before: () => Promise.reject(new Error("no such server")), signals: ["SIGHUP"] })
  process.emit("SIGHUP", "SIGHUP")
  await vi.waitFor(() => expect(happened).toEqual([{}, "closed"]))
  expect(said.join("")).toContain("no such server")
  const before = listeners()
  closeOnSignals(pinnace)()
  expect(listeners()).toBe(before)
})
