/** The worker that all tabs of a browser share, where browsers have such: it is where their hub lives. */
import { Hub, type Saying } from "./Hub.ts"

/** What goes through its ports. */
export type { Heard, Saying } from "./Hub.ts"

interface Scope {
  onconnect: (event: MessageEvent) => void
}

const hub = new Hub<MessagePort>()
const scope = globalThis as unknown as Scope

scope.onconnect = (event) => {
  const port = event.ports[0]!
  port.onmessage = ({ data }: MessageEvent) => hub.hear(port, data as Saying, (heard) => port.postMessage(heard))
}
