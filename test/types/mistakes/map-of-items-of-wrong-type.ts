import { workflow } from "../../../mod.ts"
import { fetchPage } from "./parts.ts"

workflow("crawl", {}, (w) => w.map("pages", [1, 2], fetchPage, (url) => ({ url })))
