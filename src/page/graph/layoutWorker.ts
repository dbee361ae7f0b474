/** Lays graphs out beside the page, which stays awake meanwhile. */
import { layout } from "./layout.ts"

addEventListener("message", (event: MessageEvent) => {
  const { count, edges, turn } = event.data as {
    readonly turn: number
    readonly count: number
    readonly edges: Int32Array
  }
  postMessage({ turn, laid: layout(count, edges) })
})
