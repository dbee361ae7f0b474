import { Schema, workflow } from "../../../mod.ts"
import { fetchPage } from "./parts.ts"

const input = { order: Schema.Struct({ customer: Schema.Struct({ page: Schema.String }) }) }

workflow("crawl", { input }, (w) => w.node("page", fetchPage, { input: { url: w.input.order.page } }))
