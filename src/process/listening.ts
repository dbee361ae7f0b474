import { connect } from "node:net"
import * as Effect from "effect/Effect"

/** Waits until somebody listens on a port of this host. */
export const listening = (port: number): Effect.Effect<void> =>
  Effect.flatMap(
    isListening(port),
    (open) => open ? Effect.void : Effect.andThen(Effect.sleep("50 millis"), listening(port))
  )

/** Whether somebody listens on a port of this host. */
export const isListening = (port: number): Effect.Effect<boolean> =>
  Effect.callback<boolean>((resume) => {
    const socket = connect({ port, host: "127.0.0.1" })
    const end = (open: boolean) => () => {
      socket.destroy()
      resume(Effect.succeed(open))
    }
    socket.on("connect", end(true)).on("error", end(false))
    return Effect.sync(() => socket.destroy())
  })
