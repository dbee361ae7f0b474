/**
 * With which definition a verb goes on with a run: the one that
 * is kept for it, unless files are named that say the same.
 */
import { existsSync } from "node:fs"
import { resolve } from "node:path"
import type { SomeWorkflow } from "../../embed/inspect.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import { importedLabel } from "../../run/command.ts"
import type { RunRow } from "../../run/State.ts"
import { nameOf } from "./nameOf.ts"
import { quoted, type Shell } from "../Shell.ts"
import { isModule, labelOfSource, loadOptionsOf, loadSource, manifestsOf, type Source, sourceLabel } from "./source.ts"
import { NotThere } from "../Usage.ts"

/** A run, what is to be done with it, and the files that were named for it. */
export interface Asked {
  readonly shell: Shell
  readonly run: RunHandle
  readonly files: ReadonlyArray<string>
  readonly verb: "resume" | "retry" | "compensate" | "resubmit" | "fork"
}

/**
 * The definition to go on with. Throws NotThere when there is
 * none, or when other files were named than those of the run.
 */
export const definitionOf = async (asked: Asked): Promise<SomeWorkflow> => {
  const { files, run, shell } = asked
  const row = await run.status()
  const own = shell.workflows.find((it) => nameOf(it) === row.workflow)
  if (own !== undefined && files.length === 0) return own
  const kept = importedLabel in row.labels ? undefined : await run.definition()
  if (kept === undefined) return fromFiles(shell, row, files)
  return files.length === 0 ? asItWas(asked, kept.text) : named(asked, kept.text)
}

/** What is looked at of a run, or of its row. */
export type Defined = Pick<RunRow, "id" | "kind" | "labels" | "workflow"> & { readonly definition?: string | null }

/** Whether something can be gone on with here without naming a file. */
export const isDefined = ({ definition = null, labels }: Defined): boolean =>
  definition !== null || sourceLabel in labels

const fromFiles = async (shell: Shell, row: Defined, files: ReadonlyArray<string>): Promise<SomeWorkflow> => {
  const source = sourceOf(row, files)
  if (source === undefined) throw new NotThere(unknownDefinition(row))
  const isNamed = files.length > 0 && isModule(files[0]!)
  const workflow = await loadSource(isNamed ? { ...source, workflow: row.workflow } : source, shell)
  if (nameOf(workflow) === row.workflow) return workflow
  throw new NotThere(
    `${source.files.join(", ")} defines "${nameOf(workflow)}", and run ${row.id} is one of "${row.workflow}"`
  )
}

/** The definition of the run; files that changed are told of. */
const asItWas = async (asked: Asked, text: string): Promise<SomeWorkflow> => {
  const { run, shell } = asked
  const source = sourceOf(await run.status(), []) ?? { files: [] }
  const options = await loadOptionsOf(source, shell)
  const { load, loadKept } = await import("../../argo/document/load.ts")
  const there = await manifestsThatAre(source)
  try {
    const now = load(there, options)
    if (digestOf(now) === (await run.status()).definition) return now
  } catch {
    // What is wrong with the files of today does not concern this run.
  }
  if (source.files.length > 0) shell.complain(changed(asked, source.files))
  return revived(asked, () => loadKept(text, there, options))
}

/** What is kept has no values of Secrets: a command that goes on without their files says so. */
const revived = async (
  { run: { id }, shell, verb }: Asked,
  load: () => SomeWorkflow
): Promise<SomeWorkflow> => {
  const { SecretMissing } = await import("../../argo/document/kept.ts")
  try {
    return load()
  } catch (error) {
    if (!(error instanceof SecretMissing)) throw error
    const next = commandLine(shell, verb, id, "--file", "FILE")
    throw new NotThere(`Cannot ${verb} run ${id}: ${error.message}, as in ${next}`, { cause: error })
  }
}

/** Files that say the same, or only hold the values of Secrets. */
const named = async (asked: Asked, text: string): Promise<SomeWorkflow> => {
  const { files, run, shell, verb } = asked
  const row = await run.status()
  const source = sourceOf(row, files)!
  if (source.files.every((it) => !isModule(it))) {
    const { decode } = await import("../../argo/document/decode/decode.ts")
    const manifests = await manifestsOf(source)
    if (decode(manifests.filter((it) => it.isResource !== true)).workflows.length === 0) {
      const { loadKept } = await import("../../argo/document/load.ts")
      const others = await manifestsThatAre(sourceOf(row, []) ?? { files: [] })
      const options = await loadOptionsOf(source, shell)
      return revived(asked, () => loadKept(text, [...manifests, ...others], options))
    }
  }
  const workflow = await fromFiles(shell, row, files)
  if (verb === "resubmit" || digestOf(workflow) === row.definition) return workflow
  throw new NotThere(
    `${source.files.join(", ")} is not the definition that run ${row.id} was started with, and a run keeps its own. ` +
      `Go on with that one: ${commandLine(shell, verb, row.id)} (without --file). ` +
      `Or run the new one: ${commandLine(shell, "resubmit", row.id, "--file", ...files)}`
  )
}

/** Says that the files are not what they were. */
const changed = ({ run, shell, verb }: Asked, files: ReadonlyArray<string>): string => {
  const gone = files.filter((it) => !existsSync(it))
  const start = `Run ${run.id} keeps the definition it was started with, and ${verb} goes on with that one`
  if (gone.length > 0) return `${start}: ${gone.join(", ")} is gone`
  return `${start}: ${files.join(", ")} has changed since. ` +
    `To run the new one: ${commandLine(shell, "resubmit", run.id, "--file", ...files)}`
}

const commandLine = ({ dbOption, program }: Shell, ...words: ReadonlyArray<string>): string =>
  `${program} ${words.map(quoted).join(" ")}${dbOption}`

/** The manifests of a source that can be read. */
const manifestsThatAre = async (source: Source): ReturnType<typeof manifestsOf> => {
  const { files, resources = [] } = source
  const [own, others] = [files, resources].map((paths) => paths.filter((it) => existsSync(it)))
  try {
    return await manifestsOf({ ...source, files: own!, resources: others! })
  } catch {
    return []
  }
}

const digestOf = (workflow: SomeWorkflow): string | undefined =>
  (workflow as { readonly kept?: { readonly digest: string } }).kept?.digest

/** The labels of a run that is made from another one with files that were named: later commands find them again. */
export const labelsWith = (
  row: Defined,
  files: ReadonlyArray<string>
): { readonly labels?: Readonly<Record<string, string>> } =>
  files.length === 0 ? {} : { labels: { ...row.labels, ...labelOfSource(sourceOf(row, files)!) } }

/** The named files, else those the run was started from. */
const sourceOf = ({ labels }: Defined, files: ReadonlyArray<string>): Source | undefined => {
  const label = labels[sourceLabel]
  const kept = label === undefined ? undefined : JSON.parse(label) as Source
  return files.length > 0 ? { ...kept, files: files.map((it) => resolve(it)) } : kept
}

/** The modules that a run was started from, as far as it says so. */
export const modulesOf = (row: Defined): ReadonlyArray<string> => (sourceOf(row, [])?.files ?? []).filter(isModule)

const unknownDefinition = ({ id, labels, workflow }: Defined): string =>
  importedLabel in labels
    ? `run ${id} was imported, and nothing that an archive names is executed: name the file that defines workflow "${workflow}" ` +
      "with --file FILE"
    : `the definition of run ${id} is not known here: name the file that defines workflow "${workflow}" with --file FILE, ` +
      "or use the command line of the app that started it"
