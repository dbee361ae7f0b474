/** Plays one conformance case on a real engine and real processes. */
import { mkdirSync, mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { open, type Pinnace, type RunHandle } from "../../mod.ts"
import { resumeManifest, retryManifest, setManifestNode, stopManifestNodes } from "../../src/argo/commands/commands.ts"
import { formatIssue, lint, load, type LoadOptions, type ManifestRun, viewRun } from "../../src/argo/mod.ts"
import { type Case, sharedFolder } from "./Case.ts"
import { compare, findNode } from "./compare.ts"
import type { Action, Expectation } from "./Expectation.ts"
import { playCron } from "./playCron.ts"
import { Server } from "./Server.ts"
import { removeTree } from "../removeTree.ts"

/** Plays a case; answers what is not as expected. What has not ended after `limitMillis` is ended. */
export const play = async (it: Case, limitMillis = 300_000): Promise<ReadonlyArray<string>> => {
  const { expected, text } = it
  if (expected.lint?.ok === false) return refusedBy(text, expected.lint.mentions ?? [])
  if (expected.cron !== undefined) return playCron(it, expected.cron)
  if (expected.server === undefined) return playRun(it, limitMillis)
  const server = new Server(expected.server)
  try {
    const address = await server.open()
    const problems = await playRun({ ...it, text: text.replaceAll("server.test", address) }, limitMillis, {
      plugins: { case: `http://${address}` }
    })
    const asked = (wanted: string): boolean => server.requests.some((it) => it === wanted)
    return [
      ...problems,
      ...(expected.requests ?? []).filter((it) => !asked(it)).map((it) => `no ${it}, but ${server.requests}`),
      ...(expected.requestsAbsent ?? []).filter(asked).map((it) => `${it} was sent`)
    ]
  } finally {
    server.close()
  }
}

const playRun = async (
  { expected, name, text }: Case,
  limitMillis: number,
  options: LoadOptions = {}
): Promise<ReadonlyArray<string>> => {
  const shared = sharedFolder(name)
  const folder = mkdtempSync(join(tmpdir(), "conformance-"))
  removeTree(shared)
  mkdirSync(shared, { recursive: true })
  const parameters = expected.submit?.parameters ?? expected.parameters ?? {}
  const pinnace = await open(join(folder, "state.db"))
  try {
    const manifest = load(text, { ...options, directory: folder })
    if (expected.submitRefused === true) return await notStarted(pinnace, pinnace.start(manifest, { parameters }))
    const run = await pinnace.start(manifest, { parameters })
    const found = await Promise.race([judged(pinnace, run, expected), late(limitMillis)])
    return [...found, ...await keptAs(pinnace, run, expected)]
  } finally {
    await pinnace.close()
    removeTree(folder)
    removeTree(shared)
  }
}

const keptAs = async (
  { engine }: Pinnace,
  run: RunHandle,
  { keptSeconds }: Expectation
): Promise<ReadonlyArray<string>> => {
  if (keptSeconds === undefined) return []
  const { phase, workflow } = await run.status()
  const retention = engine.workflows.get(workflow)?.retention
  const kept = (phase === "Succeeded" ? retention?.success : retention?.failure) ?? Infinity
  return kept === keptSeconds * 1_000 ? [] : [`kept for ${kept / 1_000} s, expected ${keptSeconds}`]
}

const late = (limitMillis: number): Promise<ReadonlyArray<string>> =>
  new Promise((resolve) => {
    setTimeout(() => resolve([`not over after ${limitMillis / 1_000} s`]), limitMillis).unref()
  })

const refusedBy = (text: string, mentions: ReadonlyArray<string>): ReadonlyArray<string> => {
  const found = lint([{ name: "case.yaml", text }]).map(formatIssue).join("\n").toLowerCase()
  return [
    ...(found === "" ? ["lint finds nothing"] : []),
    ...mentions.filter((word) => !found.includes(word.toLowerCase())).map((word) => `lint does not mention "${word}"`)
  ]
}

const notStarted = async (pinnace: Pinnace, start: Promise<RunHandle>): Promise<ReadonlyArray<string>> => {
  const isRefused = await start.then(() => false, () => true)
  return isRefused && (await pinnace.list()).length === 0 ? [] : ["the run was not refused"]
}

const judged = async (pinnace: Pinnace, run: RunHandle, expected: Expectation): Promise<ReadonlyArray<string>> => {
  const unseen: Array<string> = []
  for (const action of expected.actions ?? []) {
    if (await seen(pinnace, run, action)) unseen.push(...await done(pinnace, run, action))
    else unseen.push(`never saw ${JSON.stringify(action.when)}`)
  }
  await run.ending()
  await pinnace.gc()
  const found = compare(Effect.runSync(viewRun(pinnace.engine, run.id))!, expected)
  const held = (await pinnace.locks()).filter(({ holders, queue }) => holders.length + queue.length > 0)
  return [...unseen, ...found, ...(expected.locksFree === true && held.length > 0 ? ["locks are not free"] : [])]
}

/** Looks at the run again with each of its events, until it is over. */
const seen = async (pinnace: Pinnace, run: RunHandle, { when = {} }: Action): Promise<boolean> => {
  const look = (): boolean => holds(Effect.runSync(viewRun(pinnace.engine, run.id))!, when)
  for await (const _ of run.events()) if (look()) return true
  return look()
}

const holds = (view: ManifestRun, when: NonNullable<Action["when"]>): boolean => {
  if (when.workflow !== undefined) return view.phase === when.workflow
  return when.node === undefined || findNode(view, when.node)?.phase === (when.phase ?? "Running")
}

/** Acts; answers whether that was wrongly refused or done. */
const done = async (pinnace: Pinnace, run: RunHandle, action: Action): Promise<ReadonlyArray<string>> => {
  const wanted = action.actionErrorContains
  const refusal = await act(pinnace, run, action).then(() => undefined, ({ message }: Error) => message)
  if (refusal === undefined) return wanted === undefined ? [] : [`${action.do} was not refused`]
  return wanted !== undefined && refusal.includes(wanted) ? [] : [`${action.do} was refused: ${refusal}`]
}

const act = async (pinnace: Pinnace, run: RunHandle, action: Action): Promise<void> => {
  const { engine } = pinnace
  switch (action.do) {
    case "stop":
      if (action.nodeFieldSelector !== undefined) {
        return Effect.runPromise(stopManifestNodes(engine, run.id, action.nodeFieldSelector, action.message))
      }
      return void await run.stop(action.message)
    case "terminate":
      return void await run.terminate(action.message)
    case "suspend":
      return void await run.suspend()
    case "resume":
      return Effect.runPromise(resumeManifest(engine, run.id, action.nodeFieldSelector))
    case "set":
      return Effect.runPromise(
        setManifestNode(engine, run.id, { parameters: action.outputParameters ?? {} }, action.nodeFieldSelector)
      )
    case "retry":
      return Effect.runPromise(retryManifest(engine, run.id, {
        ...(action.nodeFieldSelector === undefined ? {} : { selector: action.nodeFieldSelector }),
        ...(action.restartSuccessful === undefined ? {} : { restartSuccessful: action.restartSuccessful }),
        ...(action.parameters === undefined ? {} : { parameters: action.parameters })
      }))
  }
}
