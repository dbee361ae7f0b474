/** Starts an Argo manifest: pasted, or files that are dropped or chosen. */
import { useSignal } from "@preact/signals"
import { send } from "../../api/connection.ts"
import type { Run } from "../../api/wire.ts"
import { commandOf, parametersOf } from "../../state/command.ts"
import { ActionDialog, begun } from "../run/ActionDialog.tsx"

interface Manifest {
  readonly name: string
  readonly text: string
}

/** Lines `name=value` as parameters. */
const saidIn = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    text.split("\n").map((it) => it.trim()).filter((it) => it.includes("=")).map((
      it
    ) => [it.slice(0, it.indexOf("=")).trim(), it.slice(it.indexOf("=") + 1)])
  )

/** The dialog. */
export const ManifestDialog = () => {
  const text = useSignal("")
  const files = useSignal<ReadonlyArray<Manifest>>([])
  const parameters = useSignal("")
  const take = async (list: FileList | null | undefined): Promise<void> => {
    files.value = [
      ...files.value,
      ...await Promise.all([...list ?? []].map(async (it) => ({ name: it.name, text: await it.text() })))
    ]
  }
  const all = [...files.value, ...text.value.trim() === "" ? [] : [{ name: "pasted.yaml", text: text.value }]]
  const said = saidIn(parameters.value)
  return (
    <ActionDialog
      title="Start a manifest"
      verb="Start the run"
      wide
      isReady={all.length > 0}
      command={commandOf(["run"], all.length === 0 ? ["FILE"] : all.map(({ name }) => name), parametersOf(said))}
      onDo={async () => begun(await send<Run>("POST", "/runs", { manifests: all, parameters: said }))}
    >
      <div
        class="drop"
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault()
          void take(event.dataTransfer?.files)
        }}
      >
        <label class="field">
          <span>
            Manifests <em class="faint">(drop files here, choose them, or paste)</em>
          </span>
          <input
            type="file"
            multiple
            accept=".yaml,.yml,.json"
            onChange={(event) => void take(event.currentTarget.files)}
          />
        </label>
        {files.value.length > 0 && (
          <ul class="files">
            {files.value.map(({ name }, at) => (
              <li key={at}>
                {name}{" "}
                <button type="button" class="link" onClick={() => void (files.value = files.value.toSpliced(at, 1))}>
                  Remove
                </button>
              </li>
            ))}
          </ul>
        )}
        <textarea
          rows={10}
          spellcheck={false}
          aria-label="Manifest"
          placeholder="kind: Workflow"
          value={text.value}
          onInput={(event) => void (text.value = event.currentTarget.value)}
        />
      </div>
      <label class="field">
        <span>
          Parameters <em class="faint">(a line each: name=value)</em>
        </span>
        <textarea
          rows={2}
          spellcheck={false}
          value={parameters.value}
          onInput={(event) => void (parameters.value = event.currentTarget.value)}
        />
      </label>
    </ActionDialog>
  )
}
