/**
 * The server: an engine over HTTP, for pages, for other programs, and for tools that speak Argo's API.
 *
 * @example
 * ```ts
 * import { open } from "pinnace"
 * import { serve } from "pinnace/server"
 *
 * const pinnace = await open("state.db")
 * const server = await serve(pinnace, { port: 7070 })
 * console.log(server.url, server.token)
 * ```
 *
 * @module
 */
export { Board } from "./Board.ts"
export type { BoardNotice } from "./Board.ts"
export { handler } from "./handler.ts"
export type { Handler } from "./handler.ts"
export type { Answered, HandlerOptions, StateFile, Use } from "./HandlerOptions.ts"
export { serve } from "./serve.ts"
export type { PinnaceServer, ServeOptions } from "./serve.ts"
export { nodeListener } from "./listen/nodeListener.ts"
export type { StorePlaces } from "./ManifestStore.ts"
export type { ListenLimits } from "./listen/Listener.ts"
