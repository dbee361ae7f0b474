/** CronWorkflows on virtual time, kept by one process or by several on the same state file. */
import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import type { Pinnace } from "../../../src/embed/Pinnace.ts"
import { JournalError } from "../../../src/journal/JournalError.ts"
import { CronKeeper, type CronNews, loadCrons, viewRun } from "../../../src/argo/mod.ts"
import { TestBed } from "../../engine/TestBed.ts"

const minute = 60_000
const day = 24 * 60 * minute

/** A CronWorkflow whose run works for so many minutes, then succeeds, or fails while `bad` is set. */
class Job {
  readonly bed = new TestBed()
  readonly news: Array<CronNews & { readonly by: number }> = []
  bad = false
  #keepers = 0
  readonly #spec: string

  constructor(spec: string) {
    this.#spec = spec
  }

  /** Keeps it going in one more process, with this spec. */
  keep(spec: string = this.#spec, minutes = 1): { readonly pinnace: Pinnace; readonly keeper: CronKeeper } {
    const by = this.#keepers++
    const [found] = loadCrons([{ name: "job.yaml", text: manifest(spec, minutes) }], {
      templates: {
        work: ({ parameters }) => {
          if (this.bad) throw new Error("no")
          return parameters["due"] ?? ""
        }
      }
    })
    const pinnace = this.bed.open()
    const tell = (news: CronNews): void => void this.news.push({ ...news, by })
    const keeper = new CronKeeper({ engine: pinnace.engine, ...found!, tell })
    keeper.begin()
    return { pinnace, keeper }
  }

  /** Lets time pass until so many news of a kind have come. */
  until(type: CronNews["type"], count: number): Promise<void> {
    return this.bed.until(() => this.of(type).length >= count)
  }

  of<T extends CronNews["type"]>(type: T): ReadonlyArray<CronNews & { readonly type: T; readonly by: number }> {
    return this.news.filter((it) => it.type === type) as never
  }

  /** Minutes since midnight at which runs were started. */
  get started(): ReadonlyArray<number> {
    return this.of("started").map(({ due }) => due % day / minute)
  }
}

const manifest = (spec: string, minutes: number): string => `
kind: CronWorkflow
metadata: {name: job, labels: {team: ops}}
spec:
${spec.replace(/^/gm, "  ")}
  timezone: UTC
  workflowMetadata: {labels: {color: red}}
  workflowSpec:
    entrypoint: main
    templates:
    - name: main
      steps:
      - - {name: rest, template: rest}
      - - {name: work, template: work, arguments: {parameters: [{name: due, value: "{{workflow.scheduledTime}}"}]}}
    - {name: rest, suspend: {duration: "${minutes}m"}}
    - name: work
      inputs: {parameters: [{name: due}]}
      container: {command: ["true"]}
`

const every10 = `schedules: ["*/10 * * * *"]`

test("A state file that cannot be read for once is read again a minute later", async () => {
  const job = new Job(every10)
  const { pinnace } = job.keep()
  await job.until("started", 1)
  // What is read now is not what is to fail.
  await job.bed.quiet()
  const { reads } = pinnace.engine.host.journal
  const { cell } = reads
  const fault = () => {
    Object.assign(reads, { cell })
    return Effect.fail(new JournalError({ reason: "Io", message: "disk I/O error" }))
  }
  Object.assign(reads, { cell: fault })
  await job.until("started", 2)
  const [first, second] = job.of("started").map(({ due }) => due)
  expect(second! - first!).toBe(10 * minute)
  expect(job.bed.now).toBe(second! + minute)
  expect(job.of("failed")).toMatchObject([{ due: second!, why: "disk I/O error" }])
})

test("A run is started whenever it is due, named after the instant", async () => {
  const job = new Job(`${every10}\nsuccessfulJobsHistoryLimit: 10`)
  const { pinnace } = job.keep()
  await job.until("started", 3)
  const dues = job.of("started").map(({ due }) => due)
  expect(dues.map((due) => due % (10 * minute))).toEqual([0, 0, 0])
  expect([dues[1]! - dues[0]!, dues[2]! - dues[1]!]).toEqual([10 * minute, 10 * minute])
  expect((await pinnace.list()).map(({ id }) => id)).toEqual(dues.map((due) => `job-${due / 1_000}`).toReversed())
  expect(job.of("started").map(({ id }) => id)).toEqual(dues.map((due) => `job-${due / 1_000}`))
})

test("A run has Argo's name, labels and time", async () => {
  const job = new Job(every10)
  const { pinnace } = job.keep()
  await job.until("started", 1)
  const { due, id } = job.of("started")[0]!
  await job.bed.until(async () => (await (await pinnace.get(id))!.status()).phase === "Succeeded")
  const work = Effect.runSync(viewRun(pinnace.engine, id))!.nodes.find(({ displayName }) => displayName === "work")
  expect(work).toMatchObject({ name: `${id}[1].work` })
  expect(JSON.stringify(work!.inputs)).toContain(new Date(due).toISOString().replace(".000Z", "Z"))
  expect((await (await pinnace.get(id))!.status()).labels["workflows.argoproj.io/cron-workflow"]).toBe("job")
})

test("Two processes never run the same instant twice, and one goes on when the other dies", async () => {
  const job = new Job(`${every10}\nsuccessfulJobsHistoryLimit: 100`)
  const first = job.keep()
  const second = job.keep()
  await job.until("started", 8)
  const ids = job.of("started").map(({ id }) => id)
  expect(new Set(ids).size).toBe(new Set((await second.pinnace.list()).map(({ id }) => id)).size)
  job.bed.crash(first.pinnace)
  await job.bed.until(() => job.of("started").filter(({ by }) => by === 1).length >= 12)
  const dues = (await second.pinnace.list()).map(({ id }) => Number(id.slice(4)) * 1_000).toReversed()
  expect(dues.every((due, at) => at === 0 || due - dues[at - 1]! === 10 * minute)).toBe(true)
})

test("A process that comes too late does not replace the run that another one has started", async () => {
  const job = new Job(`${every10}\nconcurrencyPolicy: Replace\nsuccessfulJobsHistoryLimit: 100`)
  const [first] = [job.keep(), job.keep(), job.keep()]
  await job.until("started", 9)
  await job.bed.until(async () => (await first!.pinnace.list()).every(({ phase }) => phase === "Succeeded"))
  expect(job.of("started").flatMap(({ instead }) => instead)).toEqual([])
})

test("A run that a process left behind goes on in the next one", async () => {
  const job = new Job(every10)
  const first = job.keep(undefined, 5)
  await job.until("started", 1)
  const { id } = job.of("started")[0]!
  job.bed.crash(first.pinnace)
  const second = job.keep(undefined, 5)
  await job.bed.until(async () => (await (await second.pinnace.get(id))!.status()).phase === "Succeeded")
})

test("What was missed is made up for once, within the deadline and with the same schedules only", async () => {
  const spec = `${every10}\nstartingDeadlineSeconds: 1500`
  const job = new Job(spec)
  const first = job.keep()
  await job.until("started", 1)
  const { due } = job.of("started")[0]!
  job.bed.crash(first.pinnace)
  job.bed.elapse(47 * minute)
  const second = job.keep()
  await job.until("started", 2)
  // 40 minutes later was the last one, 7 minutes ago.
  expect(job.of("started")[1]!.due).toBe(due + 40 * minute)
  await job.until("started", 3)
  expect(job.of("started")[2]!.due).toBe(due + 50 * minute)
  job.bed.crash(second.pinnace)
  job.bed.elapse(60 * minute)
  const third = job.keep(`schedules: ["*/7 * * * *"]\nstartingDeadlineSeconds: 1500`)
  await job.until("started", 4)
  expect(job.of("started")[3]!.due).toBeGreaterThan(due + 110 * minute)
  job.bed.crash(third.pinnace)
  job.bed.elapse(60 * minute)
  const before = job.bed.now
  job.keep(every10)
  await job.until("started", 5)
  expect(job.of("started")[4]!.due).toBeGreaterThan(before)
})

test("A run that is due while the clock was stopped is started once, unless it is too late by then", async () => {
  const job = new Job(every10)
  job.keep()
  await job.until("started", 1)
  job.bed.elapse(95 * minute)
  await job.until("started", 2)
  const [one, two] = job.of("started")
  expect((two!.due - one!.due) / minute).toBeGreaterThanOrEqual(90)
  const late = new Job(`${every10}\nstartingDeadlineSeconds: 60`)
  late.keep()
  await late.until("started", 1)
  late.bed.elapse(95 * minute)
  await late.until("skipped", 1)
  expect(late.of("skipped")[0]!.why).toContain("startingDeadlineSeconds")
})

test("A clock that is set back shows instants again, and what is due then is started", async () => {
  const job = new Job(every10)
  const began = job.bed.now
  job.keep()
  await job.until("waiting", 1)
  job.bed.setClock(-60 * minute)
  await job.until("started", 2)
  const [one, two] = job.of("started").map(({ due }) => due)
  expect(one).toBeLessThan(began)
  expect(two! - one!).toBe(10 * minute)
})

test("Forbid leaves a run out while one is open, Replace ends that, Allow lets both be", async () => {
  const open = async (policy: string) => {
    const job = new Job(`${every10}\nconcurrencyPolicy: ${policy}`)
    const { pinnace } = job.keep(undefined, 15)
    await job.bed.until(() => job.of("started").length + job.of("skipped").length >= 2)
    await job.bed.quiet()
    return {
      job,
      pinnace,
      phases: (await pinnace.list()).map(({ phase, reason }) => `${phase} ${reason ?? ""}`.trim())
    }
  }
  const forbidden = await open("Forbid")
  expect(forbidden.job.of("skipped")[0]!.why).toMatch(/^job-\d+ has not ended, and concurrencyPolicy is Forbid$/)
  expect(forbidden.phases).toEqual(["Running"])
  await forbidden.job.until("started", 2)
  const replaced = await open("Replace")
  expect(replaced.job.of("started")[1]!.instead).toEqual([replaced.job.of("started")[0]!.id])
  await replaced.job.bed.until(async () =>
    (await replaced.pinnace.list()).some(({ reason }) => reason === "Terminated")
  )
  const allowed = await open("Allow")
  expect(allowed.phases).toEqual(["Running", "Running"])
})

test("No more ended runs are kept than the limits say, and the newest is never deleted", async () => {
  const job = new Job(`${every10}\nsuccessfulJobsHistoryLimit: 2\nfailedJobsHistoryLimit: 0`)
  const { pinnace } = job.keep()
  await job.until("started", 6)
  await job.bed.quiet()
  expect((await pinnace.list()).map(({ phase }) => phase)).toEqual(["Running", "Succeeded", "Succeeded"])
  job.bad = true
  await job.until("started", 9)
  await job.bed.quiet()
  expect((await pinnace.list()).map(({ phase }) => phase)).toEqual(["Running", "Succeeded", "Succeeded"])
})

test("A time to live that would delete all runs leaves the newest, which tells when it was last due", async () => {
  const text = manifest(every10, 1).replace("entrypoint", "ttlStrategy: {secondsAfterCompletion: 0}\n    entrypoint")
  const bed = new TestBed()
  const pinnace = bed.open()
  const [found] = loadCrons([{ name: "job.yaml", text }], { templates: { work: () => "" } })
  const dues: Array<number> = []
  const tell = (news: CronNews): void => void (news.type === "started" && dues.push(news.due))
  new CronKeeper({ engine: pinnace.engine, ...found!, tell }).begin()
  await bed.until(() => dues.length === 3)
  await bed.until(async () => (await pinnace.list())[0]!.phase === "Succeeded")
  await bed.quiet()
  // The one before was open when the newest began, or had just ended: it goes with the next.
  expect((await pinnace.list()).map(({ id }) => id)).toEqual([`job-${dues[2]! / 1_000}`])
})

test("It is over when its stopStrategy holds, counting runs that were deleted too", async () => {
  const job = new Job(
    `${every10}\nsuccessfulJobsHistoryLimit: 1\nstopStrategy: {expression: "cronworkflow.succeeded >= 4"}`
  )
  const { pinnace } = job.keep()
  await job.until("stopped", 1)
  expect(job.started).toHaveLength(4)
  expect(job.of("stopped")[0]!.why).toContain("(4 succeeded, 0 failed)")
  job.bed.crash(pinnace)
  job.keep()
  await job.until("stopped", 2)
})

test("A stopStrategy that cannot be evaluated starts nothing and says so", async () => {
  const job = new Job(`${every10}\nstopStrategy: {expression: "asInt(cronworkflow.name) > 1"}`)
  job.keep()
  await job.until("skipped", 2)
  expect(job.of("skipped")[0]!.why).toContain("its stopStrategy is wrong: ")
  expect(job.started).toEqual([])
})

test("A condition says whether a run is started, with what is known of those before", async () => {
  const recent = "cronworkflow.lastScheduledTime == nil || (now() - cronworkflow.lastScheduledTime).Seconds() > 1200"
  const job = new Job(`${every10}\nwhen: "{{= ${recent} }}"`)
  job.keep()
  await job.until("started", 3)
  const dues = job.of("started").map(({ due }) => due)
  expect([dues[1]! - dues[0]!, dues[2]! - dues[1]!]).toEqual([30 * minute, 30 * minute])
  expect(job.of("skipped")[0]!.why).toContain("its condition is false")
  const named = new Job(`${every10}\nwhen: "{{cronworkflow.name}} == other"`)
  named.keep()
  await named.until("skipped", 1)
  const wrong = new Job(`${every10}\nwhen: "{{= cronworkflow.name + 1 }}"`)
  wrong.keep()
  await wrong.until("skipped", 1)
  expect(wrong.of("skipped")[0]!.why).toContain("its condition is wrong")
})

test("A suspended one starts nothing, and one that was ended neither", async () => {
  const job = new Job(`${every10}\nsuspend: true`)
  job.keep()
  await job.until("waiting", 1)
  await job.bed.quiet()
  expect(job.bed.isIdle).toBe(true)
  expect(job.news).toEqual([{ type: "waiting", next: undefined, by: 0 }])
  const other = new Job(every10)
  const { keeper } = other.keep()
  keeper.end()
  await other.bed.quiet()
  expect(other.bed.isIdle).toBe(true)
  expect(other.of("started")).toEqual([])
})
