import { workflow } from "../../../mod.ts"
import { fetchPage } from "./parts.ts"

workflow("crawl", {}, (w) => w.node("page", fetchPage, { input: {} }))
