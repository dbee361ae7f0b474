import { flow, Schema } from "../../../mod.ts"

flow("poll", { input: Schema.Number }, async (_, f) => f.continueAs("again"))
