import { Schema, workflow } from "../../../mod.ts"
import { fetchPage, hello } from "./parts.ts"

workflow("crawl", { input: { deep: Schema.Boolean } }, (w) => {
  const text = w.node("hello", hello, { when: (_, { deep }) => deep })
  return w.node("page", fetchPage, { input: { url: text } })
})
