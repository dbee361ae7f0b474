/** The command of a container or script template. */
import { traceparentAt } from "../../../engine/Interpreter.ts"
import type { Command } from "../../../process/Executor.ts"
import { defaultCommand } from "../../../process/tools.ts"
import { durationFrom } from "../../document/amounts.ts"
import type { Container, Script } from "../../document/Container.ts"
import type { Template } from "../../document/Manifest.ts"
import { environmentOf } from "./environment.ts"
import { expand } from "../../values/expansion.ts"
import type { Frame } from "../../compile/Frame.ts"
import { nodeId, podName } from "../../compile/naming.ts"

/** What is run, with its environment. Throws BadArgument. */
export const commandOf = (frame: Frame, container: Script, isScript: boolean): Command => {
  const { given, name, owner: { document: { metadata } }, stores } = frame.session.parts
  const pod = {
    name: podName(name, frame.place.name, frame.template.name ?? ""),
    namespace: metadata.namespace ?? "default",
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {}
  }
  const variables = environmentOf(container, stores, pod)
  const expanded = (texts: ReadonlyArray<string>) => texts.map((text) => expand(text, variables))
  const [command, args] = [container.command && expanded(container.command), expanded(container.args ?? [])]
  return {
    argv: [...command ?? defaultCommand(container.image ?? "") ?? [], ...args],
    image: {
      name: container.image ?? "",
      command,
      args,
      pull: container.imagePullPolicy,
      user: userOf(frame, container)
    },
    env: {
      ...tracedIn(frame),
      ...given,
      ...variables,
      ARGO_TEMPLATE: frame.template.name ?? "",
      ARGO_NODE_ID: nodeId(name, frame.place.name)
    },
    script: isScript && container.source !== "" ? container.source : undefined,
    workingDirectory: container.workingDir
  }
}

/** Programs find the span of their node where OpenTelemetry looks for it. */
const tracedIn = ({ place }: Frame): Readonly<Record<string, string>> => {
  const traceparent = traceparentAt(place.live.run, place.path)
  return traceparent === undefined ? {} : { TRACEPARENT: traceparent }
}

/** The user and group that the nearest security context names. */
const userOf = ({ session, template }: Frame, container: Container): string | undefined => {
  const nearest = (key: "runAsGroup" | "runAsUser"): string | undefined =>
    container.securityContext?.[key] ?? template.securityContext?.[key] ?? session.parts.spec.securityContext?.[key]
  const [user, group] = [nearest("runAsUser"), nearest("runAsGroup")]
  return group === undefined ? user : `${user ?? 0}:${group}`
}

/** Milliseconds that the process may take, or `undefined`. Throws BadArgument. */
export const deadlineOf = ({ activeDeadlineSeconds, timeout }: Template): number | undefined => {
  const limits = Object.entries({ activeDeadlineSeconds, timeout }).flatMap(([name, text]) =>
    text === undefined || text === "" ? [] : [durationFrom(name, text)]
  )
  return limits.length === 0 ? undefined : Math.min(...limits)
}
