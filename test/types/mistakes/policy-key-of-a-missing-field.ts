import { Schema, workflow } from "../../../mod.ts"

workflow("sync", { input: { tenant: Schema.String }, start: { singleton: { key: ({ user }) => user } } }, () => {})
