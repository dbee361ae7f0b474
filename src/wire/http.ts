/**
 * The runtime's HTTP, loaded when it is first used. To import it by name makes Node load all that it exports, and among
 * that its own `fetch` and WebSocket: eight times as much as anybody here needs.
 */
import { createRequire } from "node:module"
import type * as Http from "node:http"
import type * as Https from "node:https"
import process from "node:process"

/** `node:http`. */
export const http = (): typeof Http => builtIn("node:http") as typeof Http

/** `node:https`. */
export const https = (): typeof Https => builtIn("node:https") as typeof Https

const builtIn = (name: string): unknown => process.getBuiltinModule?.(name) ?? createRequire(import.meta.url)(name)
