import { Schema, task } from "../../../mod.ts"

const booking = { input: { city: Schema.String }, output: { id: Schema.String } }
task("hotel", { ...booking, run: () => ({ id: "1" }), compensate: ({ output }) => void output.name })
