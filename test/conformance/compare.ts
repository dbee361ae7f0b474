/** Holds a run against what a case expects. */
import { readFileSync } from "node:fs"
import type { ManifestNode, ManifestRun } from "../../src/argo/mod.ts"
import type { Expectation, ExpectedOutputs } from "./Expectation.ts"

/** A node by full name, else the shallowest with that display name; a wrapper of attempts before its attempts. */
export const findNode = (run: ManifestRun, key: string): ManifestNode | undefined =>
  run.nodes.find(({ name }) => name === key) ??
    run.nodes.filter(({ displayName }) => displayName === key).sort((a, b) => rank(b) - rank(a))[0]

const rank = ({ name, type }: ManifestNode): number => (type === "Retry" ? 1e6 : 0) - name.length

/** Everything that is not as expected. */
export const compare = (run: ManifestRun, expected: Expectation): ReadonlyArray<string> => {
  const problems: Array<string> = []
  const same = (what: string, actual: unknown, wanted: unknown): void => {
    if (actual !== wanted) problems.push(`${what}: ${JSON.stringify(actual)}, expected ${JSON.stringify(wanted)}`)
  }
  if (expected.phase !== undefined && run.phase !== expected.phase) {
    problems.push(`phase ${run.phase}, expected ${expected.phase} (${run.message})`)
  }
  compareNodes(run, expected, problems)
  compareInputs(run, expected, same)
  compareOutputs(run, expected, problems, same)
  compareMessages(run, expected, problems)
  for (const [key, hit] of Object.entries(expected.memo ?? {})) {
    same(`memo ${key}`, findNode(run, key)?.memoizationStatus?.hit ?? false, hit)
  }
  for (const [file, text] of Object.entries(expected.files ?? {})) same(`file ${file}`, read(file), text)
  compareTimes(run, expected, problems)
  return problems
}

const read = (file: string): string | null => {
  try {
    return readFileSync(file, "utf8")
  } catch {
    return null
  }
}

const compareNodes = (run: ManifestRun, expected: Expectation, problems: Array<string>): void => {
  for (const [key, wanted] of Object.entries(expected.nodes ?? {})) {
    const node = findNode(run, key)
    if (![wanted].flat().includes(node?.phase ?? "")) {
      problems.push(`node ${key}: ${node?.phase ?? "absent"}, expected ${wanted} (${node?.message})`)
    }
  }
  for (const key of expected.absentNodes ?? []) {
    if (findNode(run, key) !== undefined) problems.push(`node ${key} exists`)
  }
  for (const { name, phase } of run.nodes) {
    if (phase === "Pending" || phase === "Running") problems.push(`node ${name} left ${phase}`)
  }
}

type Same = (what: string, actual: unknown, wanted: unknown) => void

const compareInputs = (run: ManifestRun, expected: Expectation, same: Same): void => {
  for (const [key, wanted] of Object.entries(expected.inputs ?? {})) {
    const parameters = (wanted["parameters"] ?? wanted) as Readonly<Record<string, unknown>>
    for (const [name, value] of Object.entries(parameters)) {
      same(`input ${key}.${name}`, findNode(run, key)?.inputs.parameters?.find((it) => it.name === name)?.value, value)
    }
  }
}

const compareOutputs = (run: ManifestRun, expected: Expectation, problems: Array<string>, same: Same): void => {
  for (const [key, wanted] of Object.entries(expected.outputs ?? {})) {
    const outputs = key === "$workflow" ? run.outputs : findNode(run, key)?.outputs ?? {}
    for (const [name, value] of Object.entries(wanted.parameters ?? {})) {
      same(`output ${key}.${name}`, outputs.parameters?.find((it) => it.name === name)?.value, value)
    }
    if (wanted.result !== undefined) same(`result of ${key}`, outputs.result, wanted.result)
    if (wanted.exitCode !== undefined) same(`exit code of ${key}`, outputs.exitCode, wanted.exitCode)
    compareArtifacts(key, wanted, (outputs.artifacts ?? []).map((it) => it.name), problems)
  }
}

const compareArtifacts = (
  key: string,
  wanted: ExpectedOutputs,
  names: ReadonlyArray<string>,
  problems: Array<string>
): void => {
  for (const artifact of wanted.artifacts ?? []) {
    const name = typeof artifact === "string" ? artifact : artifact.name
    if (!names.includes(name)) problems.push(`artifact ${key}.${name} missing`)
  }
  for (const name of wanted.artifactsAbsent ?? []) {
    if (names.includes(name)) problems.push(`artifact ${key}.${name} exists`)
  }
}

const compareMessages = (run: ManifestRun, expected: Expectation, problems: Array<string>): void => {
  const lacks = (what: string, text: string, wanted: string | ReadonlyArray<string>): void => {
    for (const part of [wanted].flat()) {
      if (!text.toLowerCase().includes(part.toLowerCase())) {
        problems.push(`message of ${what} "${text}" lacks "${part}"`)
      }
    }
  }
  lacks("the run", run.message, expected.messageContains ?? [])
  for (const [key, wanted] of Object.entries(expected.nodeMessageContains ?? {})) {
    lacks(key, findNode(run, key)?.message ?? "", wanted)
  }
}

const compareTimes = (run: ManifestRun, expected: Expectation, problems: Array<string>): void => {
  for (const [first, then] of expected.before ?? []) {
    const [a, b] = [findNode(run, first), findNode(run, then)]
    if (a === undefined || b === undefined || a.startedAt > b.startedAt) {
      problems.push(`${first} did not start before ${then}`)
    }
  }
  const seconds = (Date.parse(run.finishedAt) - Date.parse(run.startedAt)) / 1_000
  if (expected.minSeconds !== undefined && seconds < expected.minSeconds - 0.05) {
    problems.push(`took ${seconds} s, expected at least ${expected.minSeconds}`)
  }
  if (expected.maxConcurrent !== undefined) {
    const most = overlap(run.nodes.filter(({ type }) => type === "Pod"))
    if (most > expected.maxConcurrent) problems.push(`${most} at once, expected at most ${expected.maxConcurrent}`)
  }
}

const overlap = (nodes: ReadonlyArray<ManifestNode>): number => {
  const changes = nodes.flatMap(({ finishedAt, startedAt }) =>
    [[Date.parse(startedAt), 1], [Date.parse(finishedAt), -1]] as const
  )
  let now = 0
  return Math.max(0, ...changes.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]).map(([, change]) => now += change))
}
