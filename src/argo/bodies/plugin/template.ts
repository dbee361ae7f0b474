/** Plugin templates: posted to executor plugins until one of them takes the template, and again when it says so. */
import { join } from "node:path"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { BadArgument } from "../../document/BadArgument.ts"
import { durationMillis } from "../../document/amounts.ts"
import { type ExecuteTemplate, executeTemplate, type PluginAddress, type Reply } from "./execute.ts"
import type { PluginWorld } from "./PluginHosts.ts"
import type { PluginProgram } from "./pluginsOf.ts"
import { substituteAll } from "../../language/template/substitute.ts"
import { environmentOf } from "../pod/environment.ts"
import { type Frame, substitution } from "../../compile/Frame.ts"
import { limited } from "../../compile/limited.ts"
import { errored, failed, type NodeResult, type Outputs, succeeded } from "../../values/Result.ts"
import type { Session } from "../../compile/Session.ts"

/** Runs the template inside its node. */
export const runPlugin = (frame: Frame): Effect.Effect<NodeResult> =>
  Effect.suspend(() => {
    const { parts } = frame.session
    const request = requestOf(frame)
    const done = Effect.flatMap(
      parts.plugins.use(frame.session, worldOf(frame.session)),
      (all) => asked(ordered(frame, all), request)
    )
    return limited(
      frame.template,
      Effect.match(done, { onSuccess: (reply) => resultOf(frame, reply), onFailure: ({ message }) => errored(message) })
    )
  })

/** The plugin whose name the template has is asked first. */
const ordered = ({ template }: Frame, all: ReadonlyArray<PluginAddress>): ReadonlyArray<PluginAddress> => {
  const isMeant = ({ name }: PluginAddress): boolean => Object.hasOwn(template.plugin ?? {}, name)
  return [...all.filter(isMeant), ...all.filter((it) => !isMeant(it))]
}

const requestOf = (frame: Frame): ExecuteTemplate => {
  const { parts } = frame.session
  const template = substituteAll(frame.template, substitution(frame))
  const { parameters = [] } = frame.bound.inputs
  return {
    workflow: {
      metadata: {
        name: parts.name,
        namespace: parts.owner.document.metadata.namespace ?? "default",
        uid: parts.globals.get("workflow.uid") ?? ""
      }
    },
    template: { inputs: {}, outputs: {}, ...template, ...(parameters.length === 0 ? {} : { inputs: { parameters } }) }
  }
}

const worldOf = ({ parts }: Session): PluginWorld => ({
  executor: parts.executor,
  directory: join(parts.root, "plugins"),
  commandOf: ({ container, name }: PluginProgram) => ({
    argv: [...container.command ?? [], ...container.args ?? []],
    image: { name: container.image ?? "", command: container.command, args: container.args ?? [] },
    env: {
      ...parts.given,
      ...environmentOf(container, parts.stores, { name, namespace: "default", labels: {}, annotations: {} })
    },
    workingDirectory: container.workingDir
  })
})

type Node = NonNullable<Reply["node"]>

/** Asks until a plugin gives a node that has ended. */
const asked = (plugins: ReadonlyArray<PluginAddress>, request: ExecuteTemplate): Effect.Effect<Node, BadArgument> =>
  Effect.gen(function* () {
    for (const plugin of plugins) {
      for (;;) {
        const { node, requeue = "" } = yield* executeTemplate(plugin, request)
        if (node === undefined) break
        if (["Succeeded", "Failed", "Error"].includes(node.phase ?? "")) return node
        const pause = durationMillis(requeue) ?? 0
        if (pause > 0) yield* Effect.sleep(Duration.millis(pause))
        else {
          const message = `plugin "${plugin.name}" answered ${node.phase || "no phase"}, and not when to ask again`
          return yield* Effect.fail(new BadArgument(message))
        }
      }
    }
    const names = plugins.map(({ name }) => name).join(", ")
    return yield* Effect.fail(new BadArgument(`no plugin executes this template: ${names} answered without a node`))
  })

const resultOf = ({ template }: Frame, { message = "", outputs, phase }: Node): NodeResult => {
  const all = outputsOf(template.outputs?.parameters ?? [], outputs)
  if (phase === "Succeeded") return { ...succeeded(all), ...(message === "" ? {} : { message }) }
  return phase === "Failed" ? failed(message, all) : errored(message, all)
}

const outputsOf = (
  declared: ReadonlyArray<{ readonly name?: string; readonly globalName?: string }>,
  { exitCode, parameters = [], result }: NonNullable<Node["outputs"]> = {}
): Outputs => {
  const given = parameters.map(({ globalName: own, name, value }) => {
    const globalName = own ?? declared.find((it) => it.name === name)?.globalName
    const text = typeof value === "string" ? value : JSON.stringify(value ?? "")
    return { name, value: text, ...(globalName === undefined ? {} : { globalName }) }
  })
  return {
    ...(given.length === 0 ? {} : { parameters: given }),
    ...(result === undefined ? {} : { result }),
    ...(exitCode === undefined ? {} : { exitCode })
  }
}
