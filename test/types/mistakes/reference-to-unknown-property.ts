import { workflow } from "../../../mod.ts"
import { fetchPage } from "./parts.ts"

workflow("crawl", {}, (w) => {
  const page = w.node("page", fetchPage, { input: { url: "https://example.org" } })
  return w.node("next", fetchPage, { input: { url: page.at("next") } })
})
