import { workflow } from "../../../mod.ts"

workflow("graph", {}, (w) => {
  w.expand("made", ["a"], () => {})
})
