import { workflow } from "../../../mod.ts"
import { fetchPage, hello } from "./parts.ts"

workflow("crawl", {}, (w) => w.map("pages", w.node("hello", hello), fetchPage, (url) => ({ url })))
