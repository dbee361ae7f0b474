/** Readiness probes of daemons: when Kubernetes would call their main container ready. */
import { request as requestHttp } from "node:http"
import { request as requestHttps } from "node:https"
import * as Effect from "effect/Effect"
import { isListening } from "../../process/listening.ts"
import type { Workspace } from "../../process/Executor.ts"
import type { Probe, Script } from "../Container.ts"
import type { Template } from "../Manifest.ts"
import { commandOf } from "./podCommand.ts"
import type { Frame } from "./Frame.ts"

/** How often it is looked at, in milliseconds, where the probe asks for less; a kubelet has other things to do. */
const longestPeriod = 200

/** The container whose readiness is that of the node. */
export const mainContainer = ({ container, script }: Template): Script => script ?? container ?? {}

/** Waits until the probe of the main container has succeeded as often as it asks for; without one, not at all. */
export const untilReady = (frame: Frame, workspace: Workspace): Effect.Effect<void> => {
  const container = mainContainer(frame.template)
  const { readinessProbe: probe } = container
  if (probe === undefined) return Effect.void
  const look = lookAt(frame, container, probe, workspace)
  if (look === undefined) return Effect.void
  const period = Math.min(longestPeriod, Number(probe.periodSeconds ?? 10) * 1_000)
  const succeed = (missing: number): Effect.Effect<void> =>
    Effect.flatMap(look, (isReady) => {
      const left = isReady ? missing - 1 : wanted
      return left <= 0 ? Effect.void : Effect.andThen(Effect.sleep(period), succeed(left))
    })
  const wanted = Math.max(1, Number(probe.successThreshold ?? 1))
  return Effect.andThen(Effect.sleep(Number(probe.initialDelaySeconds ?? 0) * 1_000), succeed(wanted))
}

const lookAt = (
  frame: Frame,
  container: Script,
  { exec, httpGet, tcpSocket, timeoutSeconds }: Probe,
  workspace: Workspace
): Effect.Effect<boolean> | undefined => {
  const port = portOf(container, httpGet?.port ?? tcpSocket?.port)
  const limit = Number(timeoutSeconds ?? 1) * 1_000
  if (exec?.command !== undefined) return succeeds(frame, container, exec.command, workspace)
  if (port === undefined) return undefined
  return httpGet === undefined ? isListening(port) : answers(httpGet, port, limit)
}

/** A port by its number, or by the name that the container gives it. */
const portOf = ({ ports = [] }: Script, port: number | string | undefined): number | undefined => {
  const found = ports.find(({ name }) => name !== undefined && name === port)?.containerPort ?? port
  const number = Number(found)
  return Number.isInteger(number) && number > 0 && number < 65_536 ? number : undefined
}

const succeeds = (
  frame: Frame,
  container: Script,
  command: ReadonlyArray<string>,
  workspace: Workspace
): Effect.Effect<boolean> =>
  Effect.match(workspace.run({ ...commandOf(frame, { ...container, command, args: [] }, false) }), {
    onSuccess: ({ code }) => code === 0,
    onFailure: () => false
  })

/** Whether it answers with a status from 200 to 399. */
const answers = (
  { httpHeaders = [], path = "/", scheme }: NonNullable<Probe["httpGet"]>,
  port: number,
  limit: number
): Effect.Effect<boolean> =>
  Effect.callback<boolean>((resume) => {
    const headers = Object.fromEntries(httpHeaders.map(({ name, value }) => [name, value]))
    const options = { host: "127.0.0.1", port, path, headers, timeout: limit, rejectUnauthorized: false }
    const request = scheme?.toUpperCase() === "HTTPS" ? requestHttps(options) : requestHttp(options)
    const end = (isReady: boolean): void => {
      request.destroy()
      resume(Effect.succeed(isReady))
    }
    request.on("response", ({ statusCode = 0 }) => end(statusCode >= 200 && statusCode < 400))
    request.on("error", () => end(false)).on("timeout", () => end(false)).end()
    return Effect.sync(() => request.destroy())
  })
