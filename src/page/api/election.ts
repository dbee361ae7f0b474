/**
 * The hub in one of the tabs, where browsers share no worker: the tab that has a lock of the browser is it, and another
 * one when it goes. They talk by a channel.
 */
import { type Heard, Hub, type Saying } from "./Hub.ts"

type Told =
  | { readonly t: "leader" }
  | { readonly t: "said"; readonly by: string; readonly saying: Saying }
  | { readonly t: "heard"; readonly to: string; readonly heard: Heard }

/** Whether tabs can elect one; not where the page came from another machine without TLS. */
export const canElect = (): boolean =>
  typeof BroadcastChannel !== "undefined" && (navigator as { readonly locks?: unknown }).locks !== undefined

/** The way to whichever tab is elected; `onLeader` is called when there is another one, which knows nothing yet. */
export const electedHub = (
  tell: (heard: Heard) => void,
  onLeader: () => void
): (saying: Saying) => void => {
  const me = crypto.randomUUID()
  const channel = new BroadcastChannel("pinnace")
  const post = (told: Told): void => channel.postMessage(told)
  let hub: Hub<string> | undefined
  const hear = (by: string, saying: Saying): void =>
    hub?.hear(by, saying, by === me ? tell : (heard) => post({ t: "heard", to: by, heard }))
  channel.onmessage = ({ data }: MessageEvent) => {
    const told = data as Told
    if (told.t === "leader") onLeader()
    else if (told.t === "said") hear(told.by, told.saying)
    else if (told.to === me) tell(told.heard)
  }
  void navigator.locks.request("pinnace-hub", () => {
    hub = new Hub()
    post({ t: "leader" })
    onLeader()
    // The lock is kept until the tab is gone.
    return new Promise(() => {})
  })
  return (saying) => hub === undefined ? post({ t: "said", by: me, saying }) : hear(me, saying)
}
