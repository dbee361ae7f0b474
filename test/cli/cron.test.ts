/** `cron` as a process that stays: from its beginning to its end, through interrupts and deaths. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Cli } from "./Cli.ts"

let cli: Cli
beforeAll(() => {
  cli = new Cli()
})
afterAll(() => cli?.remove())

const job = (name: string, source: string, fields = "") =>
  cli.file(
    `${name}.yaml`,
    `kind: CronWorkflow
metadata: {name: ${name}}
spec:
  schedules: ["@every 1s"]
  timezone: UTC
${fields}
  workflowSpec:
    entrypoint: main
    templates:
    - {name: main, script: {command: [sh], source: ${JSON.stringify(source)}}}
`
  )

const stop = (count: number) =>
  `  stopStrategy: {expression: "cronworkflow.succeeded + cronworkflow.failed >= ${count}"}`

describe("cron", () => {
  it("runs what is due until it is over, and its runs are runs like others", async () => {
    job("tick", "echo {{workflow.name}} of {{workflow.scheduledTime}}", stop(1))
    const { code, err, out } = await cli.run(["cron", "tick.yaml"])
    expect([code, err]).toEqual([0, ""])
    expect(out).toMatch(/^tick next at \w{3} \d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)? UTC \(in \S+\)\n● tick-\d+ began\n/)
    expect(out).toMatch(/✔ tick-\d+ Succeeded {2}\(.*\)\n/)
    expect(out).toContain("tick is over: its stopStrategy holds")
    const id = /tick-(\d+)/.exec(out)!
    expect((await cli.run(["logs", id[0]])).out).toBe(
      `${id[0]}: ${id[0]} of ${new Date(Number(id[1]) * 1_000).toISOString().replace(".000", "")}\n`
    )
    expect((await cli.run(["resubmit", id[0]])).code).toBe(0)
    expect((await cli.run(["list", "-l", "workflows.argoproj.io/cron-workflow=tick", "-o", "name"])).out).toContain(
      id[0]
    )
    const listed = JSON.parse((await cli.run(["cron", "list", "tick.yaml", "-o", "json", "-n", "2"])).out)
    expect(listed).toMatchObject([{
      name: "tick",
      timezone: "UTC",
      next: [/Z$/, /Z$/].map((it) => expect.stringMatching(it))
    }])
    expect(listed[0].succeeded).toBeGreaterThan(0)
  })

  it("starts nothing after an interrupt, and lets what runs come to its end", async () => {
    job("slow", "sleep 600", "  concurrencyPolicy: Forbid")
    const started = cli.start(["cron", "slow.yaml", "--executor", "process"])
    await started.seen("began")
    started.child.kill("SIGINT")
    await started.seen("Nothing more is started. Waiting for slow-")
    started.child.kill("SIGINT")
    expect((await started.done).code).toBe(130)
    // It was left behind, and goes on with the next process.
    const again = cli.start(["cron", "slow.yaml", "--executor", "process", "-o", "ndjson"])
    await again.seen('"type":"skipped"')
    again.child.kill("SIGKILL")
    await again.done
    expect(again.out).toContain("has not ended, and concurrencyPolicy is Forbid")
    expect((await cli.run(["terminate", "--workflow", "slow", "--running"])).code).toBe(0)
  })

  it("only tells when things are due, also without a state file", async () => {
    job("paris", "true")
    const text = await cli.run(["cron", "list", "paris.yaml", "--db", "none.db"])
    expect(text).toMatchObject({ code: 0, err: "" })
    expect(text.out).toMatch(
      /^NAME +SCHEDULE +TIMEZONE +LAST +OPEN\/OK\/FAILED +NEXT\nparis +@every 1s +UTC +0\/0\/0 +\w{3} .*\n +\w{3} /
    )
    expect((await cli.run(["cron", "paris.yaml", "--dry-run", "-n", "1", "--db", "none.db"])).out.split("\n"))
      .toHaveLength(3)
  })

  it("says what is wrong with a schedule, where", async () => {
    cli.file(
      "bad.yaml",
      'kind: CronWorkflow\nmetadata: {name: bad}\nspec:\n  schedules: ["0 0 * * 7"]\n  concurrencyPolicy: Forbidden\n  workflowSpec: {entrypoint: a, templates: [{name: a, suspend: {}}]}\n'
    )
    const { code, err } = await cli.run(["cron", "bad.yaml"])
    expect(code).toBe(64)
    expect(err).toContain(
      "bad.yaml:4:15: error: The schedule is malformed: 7 is not a day of the week: write 0 for Sunday"
    )
    expect(err).toContain('bad.yaml:5:22: error: There is no concurrencyPolicy "Forbidden" (Did you mean "Forbid"?)')
    expect((await cli.run(["cron"])).code).toBe(64)
    cli.file(
      "plain.yaml",
      "kind: Workflow\nmetadata: {name: w}\nspec: {entrypoint: a, templates: [{name: a, suspend: {}}]}\n"
    )
    expect((await cli.run(["cron", "plain.yaml"])).err).toContain("There is no CronWorkflow here")
  })
})
