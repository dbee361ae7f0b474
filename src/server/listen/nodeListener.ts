/** A handler for servers of `node:http`, and for what is built on them, such as Express. */
import type { IncomingMessage, ServerResponse } from "node:http"
import { answerOn } from "./adapter.ts"

/**
 * Makes a listener of requests of `node:http` out of a handler. Mounted by a framework that cuts its path off, as
 * Express does, the whole path is used: give the handler that path as its `base`.
 */
export const nodeListener =
  (answer: (request: Request) => Promise<Response>) =>
  (incoming: IncomingMessage & { readonly originalUrl?: string }, outgoing: ServerResponse): void => {
    if (incoming.originalUrl !== undefined) incoming.url = incoming.originalUrl
    void answerOn(answer, incoming, outgoing)
  }
