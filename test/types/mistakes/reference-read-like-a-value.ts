import { workflow } from "../../../mod.ts"
import { fetchPage, hello } from "./parts.ts"

workflow("crawl", {}, (w) => {
  const text = w.node("hello", hello)
  return w.node("page", fetchPage, { input: { url: text.toUpperCase() } })
})
