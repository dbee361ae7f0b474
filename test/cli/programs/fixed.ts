/** The workflow "fail" of the app, as it is after its mistake was corrected. */
import { Artifact, Schema, task, workflow } from "../../../mod.ts"

class Refusal extends Schema.TaggedError<Refusal>()("Refusal", { by: Schema.String }) {}

const save = task("save", {
  output: Artifact,
  run: (_, { artifacts }) => artifacts.put("note.txt", new TextEncoder().encode("a note"))
})
const refuse = task("refuse", { errors: [Refusal], run: () => {} })

/** Succeeds. */
export const fail = workflow("fail", {}, (w) => {
  w.node("saved", save)
  w.node("refuse", refuse)
})
