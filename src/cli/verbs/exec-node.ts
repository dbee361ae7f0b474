/** `pinnace exec-node`. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { execute, isVerb, versionOf } from "../../export/exec/execute.ts"
import type { ExecAnswer } from "../../export/exec/ExecRequest.ts"
import { readParameters } from "../arguments/files.ts"
import { numberOf } from "../arguments/optionValues.ts"
import { openStore, storeText } from "../arguments/store.ts"
import { loadModule } from "../arguments/source.ts"
import { openToExecute } from "../running/openToExecute.ts"
import { exitCodes, Usage } from "../Usage.ts"
import type { Call, Verb } from "../Verb.ts"

const execNode = async ({ args: [file = ""], flags, shell }: Call): Promise<number> => {
  const verb = flags.text("do") ?? "run"
  if (!isVerb(verb)) throw new Usage(`--do ${verb}: a manifest of argo export says what`)
  const workflow = await loadModule(file, flags.text("workflow")) as unknown as Parameters<typeof versionOf>[0]
  const wanted = flags.text("version-of")
  if (wanted !== undefined && wanted !== versionOf(workflow)) {
    shell.complain(`The image holds another version of "${workflow.name}" than the manifest: export it again`)
    return exitCodes.usage
  }
  const store = storeText(flags.text("store"))
  const options = store === undefined ? {} : { artifacts: { store: await openStore(store) } }
  const pinnace = await openToExecute(":memory:", options)
  try {
    const answer = await execute(pinnace, workflow, {
      verb,
      path: flags.all("node"),
      attempt: (numberOf(flags, "retries") ?? 0) + 1,
      run: flags.text("run") ?? "",
      shares: store !== undefined,
      parameters: readParameters(flags.all("parameter"), undefined)
    })
    for (const line of answer.log ?? []) shell.print(line)
    if (answer.message !== undefined) shell.complain(answer.message)
    writeOutputs(flags.text("out") ?? ".", answer)
    return answer.exitCode
  } finally {
    await pinnace.close()
  }
}

const writeOutputs = (folder: string, { outputs }: ExecAnswer): void => {
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(outputs)) writeFileSync(join(folder, name), text)
}

/** The verb. */
export const verb: Verb = {
  usage: "FILE --workflow NAME --do WHAT --node NAME… [options]",
  about:
    "Runs one node of a workflow inside a container: manifests of `argo export` call it. It is given what the node reads as parameters, and writes how it ended into files. Exit codes: 0 it succeeded, 75 a failure that its retry policy tries again, 1 a typed error or a timeout, 70 a defect, 64 another version of the workflow.",
  takes: [1, 1],
  options: {
    workflow: { type: "string", value: "NAME", about: "Which workflow of the module" },
    "version-of": { type: "string", value: "DIGEST", about: "The digest of the workflow that was exported" },
    do: {
      type: "string",
      value: "WHAT",
      about: "run, decide, bind, items, collect, result, exit, succeeded or failed; default run"
    },
    node: {
      type: "string",
      multiple: true,
      value: "NAME",
      about: "The node; of a nested workflow, each name on the way"
    },
    run: { type: "string", value: "ID", about: "The run, for keys of what must happen once" },
    store: { type: "string", value: "STORE", about: "Where artifacts are kept that other containers open" },
    retries: { type: "string", value: "NUMBER", about: "How often it was tried before" },
    parameter: { type: "string", short: "p", multiple: true, value: "NAME=VALUE", about: "What the node reads" },
    out: { type: "string", value: "DIRECTORY", about: "Where its end is written; default here" }
  },
  examples: [[
    "exec-node flow.ts --node fetch -p input='{\"day\":1}' --out /tmp/out",
    "the body of node fetch, by hand"
  ]],
  run: execNode
}
