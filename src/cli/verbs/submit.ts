/** `pinnace submit`. */
import { createHash } from "node:crypto"
import { mkdirSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { open } from "../../embed/open.ts"
import { type Detached, detachedFormat, nextSteps, startDetached, tellDetached } from "../running/detach.ts"
import { readManifests } from "../arguments/files.ts"
import { nameOf } from "../arguments/nameOf.ts"
import { filesOf } from "../arguments/source.ts"
import { shownNodes } from "../arguments/selectNodes.ts"
import { startOptions, startRequest, startRun } from "../arguments/startRequest.ts"
import { Usage } from "../Usage.ts"
import { type Call, Flags, type Verb } from "../Verb.ts"

const submit = async (call: Call): Promise<number> => {
  const { flags, shell } = call
  const looks = ["watch", "wait", "log"].filter((it) => flags.on(it))
  const format = looks.length === 0 ? detachedFormat(call) : undefined
  if (flags.on("leave")) return leave(call, format)
  const detached = await startDetached(call.args.includes("-") ? await withFile(call) : call, "run", verb.options)
  if (typeof detached === "number") return detached
  if (looks.length > 0) return lookOn(call, detached, looks)
  tellDetached(shell, detached, format)
  return 0
}

/** Only records the run. */
const leave = async (call: Call, format: string | undefined): Promise<number> => {
  const { print } = call.shell
  if (call.shell.db === ":memory:") {
    throw new Usage("no other process could execute it, because --db :memory: is not a state file")
  }
  const request = await startRequest(call)
  const pinnace = await open(call.shell.db)
  try {
    const { id } = await startRun(pinnace, request, { leave: true })
    if (format === "name") print(id)
    else if (format === "json") print(JSON.stringify({ id, pid: null, db: call.shell.shownDb }))
    else {
      print(`${id} was left to a process that opens this file with workflow "${nameOf(request.workflow)}"`)
      nextSteps(call.shell, id).forEach(print)
    }
    return 0
  } finally {
    await pinnace.close()
  }
}

/**
 * A background process has no standard input, and later commands
 * want to read the manifest again: it is kept beside the state file.
 */
const withFile = async (call: Call): Promise<Call> => {
  const { text } = readManifests(["-"])[0]!
  const folder = join(await filesOf(call.shell), "submitted")
  mkdirSync(folder, { recursive: true })
  const file = resolve(folder, `${createHash("sha256").update(text).digest("hex").slice(0, 16)}.yaml`)
  writeFileSync(file, text)
  return { ...call, raw: call.raw.map((it) => it === "-" ? file : it) }
}

/** Looks on as the verbs do whose names the options have; the exit code is that of the run. */
const lookOn = async (call: Call, { id }: Detached, looks: ReadonlyArray<string>): Promise<number> => {
  const { flags, shell, table } = call
  const use = async (name: string, given: Readonly<Record<string, unknown>>): Promise<number> =>
    (await table[name]!.load()).verb.run({ ...call, args: [id], flags: new Flags(given), raw: [] })
  const output = flags.text("output")
  if (looks.includes("watch")) return use("watch", given(flags, ["output", ...Object.keys(shownNodes)]))
  if (output !== undefined) throw new Usage(`-o ${output} goes with --watch`)
  if (looks.includes("log")) await use("logs", { follow: true })
  else shell.print(id)
  return use("wait", {})
}

const given = (flags: Flags, names: ReadonlyArray<string>): Readonly<Record<string, string>> =>
  Object.fromEntries(names.flatMap((name) => {
    const text = flags.text(name)
    return text === undefined ? [] : [[name, text]]
  }))

/** The verb. */
export const verb: Verb = {
  usage: "FILE… [-p NAME=VALUE]… [options]",
  about:
    "Starts a run as `run` does and returns: a background process executes it, even when this terminal is closed. If that process dies, `resume` goes on with the run. " +
    "With --leave no process is started: the run waits for an app that has the state file open and knows the workflow.",
  takes: [1, Infinity],
  options: {
    ...startOptions,
    ...shownNodes,
    leave: { type: "boolean", about: "Only record the run, for another process that knows its workflow" },
    watch: { type: "boolean", about: "Follow it; Ctrl-C only stops watching" },
    wait: { type: "boolean", about: "Wait for its end" },
    log: { type: "boolean", about: "Show its log until it ends" },
    output: {
      type: "string",
      short: "o",
      value: "name|json",
      about: "Print only its id, or an object; with --watch the formats of watch"
    }
  },
  examples: [
    ["submit nightly.yaml -p day=monday", "start it in the background and go home"],
    ["submit flow.ts --input '{\"n\": 3}' --watch", "watch; Ctrl-C leaves it running"],
    ["wait $(pinnace submit hello.yaml -o name)", "from a script"],
    ["submit hello.yaml --leave", "let a process that serves this file do it"]
  ],
  run: submit
}
