/** What is wrong with a workflow of GitHub Actions: the rules of its schema that a slip breaks most easily. */

interface Step {
  readonly uses?: unknown
  readonly run?: unknown
}

interface Job {
  readonly "runs-on"?: unknown
  readonly needs?: string | ReadonlyArray<string>
  readonly steps?: ReadonlyArray<Step>
  readonly permissions?: Readonly<Record<string, string>>
}

/** A workflow, as YAML gives it. */
export interface ActionsWorkflow {
  readonly on?: unknown
  readonly permissions?: Readonly<Record<string, string>>
  readonly jobs?: Readonly<Record<string, Job>>
}

const keys = ["name", "on", "permissions", "concurrency", "jobs", "env"]
const jobKeys = ["runs-on", "timeout-minutes", "steps", "needs", "permissions", "environment", "env", "if", "strategy"]
const stepKeys = ["name", "uses", "with", "run", "env", "if", "id", "working-directory"]

/** Each problem in a sentence. */
export const problemsOf = (workflow: ActionsWorkflow): ReadonlyArray<string> => {
  const { jobs = {}, on, permissions } = workflow
  return [
    ...unknown("the workflow", workflow, keys),
    ...(on === undefined ? ["the workflow says nothing under `on`"] : []),
    ...(permissions === undefined ? ["the workflow bounds no permissions"] : []),
    ...(Object.keys(jobs).length === 0 ? ["the workflow has no jobs"] : []),
    ...Object.entries(jobs).flatMap(([name, job]) => jobProblems(name, job, jobs))
  ]
}

const jobProblems = (name: string, job: Job, jobs: Readonly<Record<string, Job>>): ReadonlyArray<string> => [
  ...unknown(`job ${name}`, job, jobKeys),
  ...(typeof job["runs-on"] === "string" ? [] : [`job ${name} runs on nothing`]),
  ...[job.needs ?? []].flat().filter((it) => !Object.hasOwn(jobs, it)).map((it) => `job ${name} needs ${it}`),
  ...(job.steps ?? []).flatMap((step, at) => stepProblems(`step ${at + 1} of job ${name}`, step)),
  ...(job.steps === undefined || job.steps.length === 0 ? [`job ${name} has no steps`] : [])
]

const stepProblems = (where: string, step: Step): ReadonlyArray<string> => [
  ...unknown(where, step, stepKeys),
  ...((step.uses === undefined) === (step.run === undefined) ? [`${where} needs either \`uses\` or \`run\``] : []),
  ...(step.uses === undefined || /^[\w-]+\/[\w./-]+@[\w.-]+$/.test(String(step.uses))
    ? []
    : [`${where} uses ${step.uses} without a version`]),
  // What others can name must not become a part of a script: it comes as a variable.
  ...(/\$\{\{[^}]*\b(?:github\.(?:event|ref_name|head_ref)|inputs)\b/.test(String(step.run ?? ""))
    ? [`${where} puts a text of others into a script`]
    : [])
]

const unknown = (where: string, value: object, known: ReadonlyArray<string>): ReadonlyArray<string> =>
  Object.keys(value).filter((key) => !known.includes(key)).map((key) => `${where} has an unknown key ${key}`)
