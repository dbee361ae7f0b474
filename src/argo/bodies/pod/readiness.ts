/** Readiness probes of daemons: when Kubernetes would call their main container ready. */
import * as Effect from "effect/Effect"
import { http, https } from "../../../wire/http.ts"
import { isListening } from "../../../process/listening.ts"
import type { Workspace } from "../../../process/Executor.ts"
import type { Probe, Script } from "../../document/Container.ts"
import type { Template } from "../../document/Manifest.ts"
import { wholeFrom } from "../../document/amounts.ts"
import { commandOf } from "./command.ts"
import type { Frame } from "../../compile/Frame.ts"

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
  const period = Math.min(longestPeriod, secondsOf(probe, "periodSeconds", 10))
  const succeed = (missing: number): Effect.Effect<void> =>
    Effect.flatMap(look, (isReady) => {
      const left = isReady ? missing - 1 : wanted
      return left <= 0 ? Effect.void : Effect.andThen(Effect.sleep(period), succeed(left))
    })
  const wanted = Math.max(1, countOf(probe, "successThreshold", 1))
  return Effect.andThen(Effect.sleep(secondsOf(probe, "initialDelaySeconds", 0)), succeed(wanted))
}

type Wait = "initialDelaySeconds" | "periodSeconds" | "timeoutSeconds"

const secondsOf = (probe: Probe, name: Wait, otherwise: number): number => countOf(probe, name, otherwise) * 1_000

/** What the probe says is looked at only here. Throws BadArgument. */
const countOf = (probe: Probe, name: Wait | "successThreshold", otherwise: number): number =>
  wholeFrom(`readinessProbe.${name}`, String(probe[name] ?? otherwise))

const lookAt = (
  frame: Frame,
  container: Script,
  probe: Probe,
  workspace: Workspace
): Effect.Effect<boolean> | undefined => {
  const { exec, httpGet, tcpSocket } = probe
  const port = portOf(container, httpGet?.port ?? tcpSocket?.port)
  const limit = secondsOf(probe, "timeoutSeconds", 1)
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
    const request = scheme?.toUpperCase() === "HTTPS" ? https().request(options) : http().request(options)
    const end = (isReady: boolean): void => {
      request.destroy()
      resume(Effect.succeed(isReady))
    }
    request.on("response", ({ statusCode = 0 }) => end(statusCode >= 200 && statusCode < 400))
    request.on("error", () => end(false)).on("timeout", () => end(false)).end()
    return Effect.sync(() => request.destroy())
  })
