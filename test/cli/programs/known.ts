/** The workflows of the app. */
import { Artifact, Schema, semaphore, signal, storedLimit, task, workflow } from "../../../mod.ts"

class Refusal extends Schema.TaggedError<Refusal>()("Refusal", { by: Schema.String }) {}

const desk = semaphore("desk", { limit: storedLimit(1) })
const go = signal("go")
const answer = signal("answer", Schema.Number)

const stamp = task("stamp", {
  input: { page: Schema.Number },
  output: Schema.Number,
  permits: [desk.take()],
  run: ({ page }, { log, signal }) => {
    log(`stamping page ${page}`)
    return new Promise<number>((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason))
      if (page > 0) resolve(page)
    })
  }
})
const double = task("double", { input: Schema.Number, output: Schema.Number, run: (n) => n * 2 })
const save = task("save", {
  output: Artifact,
  run: (_, { artifacts }) => artifacts.put("note.txt", new TextEncoder().encode("a note"))
})
const refuse = task("refuse", {
  errors: [Refusal],
  run: (_, { log }) => {
    log.error("this cannot be")
    throw new Refusal({ by: "the clerk" })
  }
})

/** Waits for two people, then ends. */
export const ask = workflow("ask", {}, (w) => {
  const started = w.suspend(go)
  const given = w.suspend(answer, { after: [started] })
  w.node("save", save)
  w.onExit((_, { log }) => log("cleaned up"))
  return w.node("double", double, { input: given })
})

/** The page 0 is never done: whoever holds the desk for it holds it until the run ends. */
export const hold = workflow("hold", {}, (w) => {
  w.map("pages", [0, 1], stamp, (page) => ({ page }))
  w.onExit((_, { log }) => log("cleaned up"))
})

/** Fails. */
export const fail = workflow("fail", {}, (w) => {
  w.node("saved", save)
  w.node("refuse", refuse)
})
