/** A run of a manifest that another process executes, for somebody who knows Argo's names and words. */
import { afterAll, beforeAll, expect, it } from "vitest"
import { Cli } from "./Cli.ts"

let cli: Cli
beforeAll(() => {
  cli = new Cli()
  cli.file(
    "ci.yaml",
    `kind: Workflow
metadata: {generateName: ci-}
spec:
  entrypoint: main
  onExit: tell
  arguments: {parameters: [{name: key, value: wrong}]}
  templates:
  - name: main
    steps:
    - - {name: build, template: build}
    - - {name: gate, template: gate}
    - - name: deploy
        template: deploy
        arguments: {parameters: [{name: to, value: "{{steps.gate.outputs.parameters.to}}"}]}
    - - {name: check, template: check}
  - {name: build, retryStrategy: {limit: 2}, script: {command: [sh], source: "echo built; [ {{retries}} = 1 ]"}}
  - {name: gate, suspend: {}, outputs: {parameters: [{name: to, valueFrom: {supplied: {}}}]}}
  - {name: check, suspend: {}}
  - name: deploy
    inputs: {parameters: [{name: to}]}
    script:
      command: [sh]
      source: "echo to {{inputs.parameters.to}}; [ {{workflow.parameters.key}} = right ]"
  - {name: tell, script: {command: [sh], source: "echo {{workflow.status}}"}}
`
  )
})
afterAll(() => cli?.remove())

it("is told of by the names of its nodes, and retried with another parameter from where it failed", async () => {
  const first = cli.start(["run", "ci.yaml", "--id", "ci-1"])
  await first.seen("waits for a signal")
  expect((await cli.run(["why", "ci-1", "deploy"])).out).toBe("deploy: it has not begun, or no node has this name\n")
  const set = (selector: string) =>
    cli.run(["node", "set", "ci-1", "--node-field-selector", selector, "--output-parameter", "to=mars"])
  expect((await set("displayName=gates")).err).toContain(
    "No suspend node of run ci-1 that matches displayName=gates waits"
  )
  expect((await set("displayName")).code).toBe(64)
  const given = await set("displayName=gate")
  expect([given.code, given.out]).toEqual([0, "Suspend nodes of run ci-1 were set\n"])
  expect((await cli.run(["resume", "ci-1"])).code).toBe(0)
  expect((await first.done).code).toBe(1)
  // The attempt of "build" that was tried again with success is not to blame.
  expect(first.out).toMatch(
    /\nFailed: ci-\w+\[2\]\.deploy: main: Error \(exit code 1\)\n {2}\| to mars\n {2}pinnace retry/
  )
  expect(first.out).not.toContain("Artifacts")

  const again = ["retry", "ci-1", "-p", "key=right"]
  expect((await cli.run([...again, "--dry-run"])).out).toMatch(/^Would run 2 nodes of ci-1 again, and keep 3:\n/)
  const second = cli.start(again)
  await second.seen("waits for a signal")
  expect((await cli.run(["why", "ci-1"])).out).toMatch(
    /^ci-\w+\[3\]\.check: it waits for a signal\n {2}pinnace approve ci-1 /
  )
  expect((await cli.run(["approve", "ci-1"])).out).toMatch(/^Node "ci-\w+\[3\]\.check" is approved\n$/)
  expect((await second.done).code).toBe(0)
  const logged = (await cli.run(["logs", "ci-1"])).out
  expect(logged.replaceAll(/^\S+: /gm, "").split("\n")).toEqual([
    "built",
    "built",
    "to mars",
    "Failed",
    "to mars",
    "Succeeded",
    ""
  ])
})

it("is interrupted when its process dies, which is told, with what to do", async () => {
  const started = cli.start(["run", "ci.yaml", "--id", "ci-2"])
  await started.seen("waits for a signal")
  expect((await cli.run(["list", "--running"])).out).toMatch(/\nci-2 +ci +Running +\d/)
  started.child.kill("SIGKILL")
  await started.done
  expect((await cli.run(["list"])).out).toMatch(/\nci-2 +ci +Running \(Interrupted\) /)
  expect((await cli.run(["get", "ci-2"])).out).toContain("Status:              Running (Interrupted)\n")
  const why = (await cli.run(["why", "ci-2"])).out
  expect(why).toBe(`ci-2: no process executes it: go on with \`pinnace resume ci-2 --db ${cli.db}\`\n`)
})

it("that waits for a permit is told whom it waits for, by name, and may be let go on by name", async () => {
  cli.file(
    "locked.yaml",
    `kind: Workflow
metadata: {generateName: locked-}
spec:
  entrypoint: main
  templates:
  - name: main
    dag: {tasks: [{name: a, template: one}, {name: b, template: one}]}
  - name: one
    synchronization: {mutexes: [{name: only}]}
    steps: [[{name: gate, template: gate}]]
  - {name: gate, suspend: {}}
`
  )
  const started = cli.start(["run", "locked.yaml", "--id", "locked-1"])
  await started.seen("waits for a signal")
  const { out } = await cli.run(["why", "locked-1"])
  const holder = /\(limit 1, 1 held by (locked-1\.[ab])\)/.exec(out)?.[1]
  expect(holder, out).toBeDefined()
  expect((await cli.run(["locks"])).out).toContain(`held by ${holder} `)
  expect(await cli.run(["locks", "break", "locked-1", holder!])).toMatchObject({ code: 0 })
  expect((await cli.run(["locks", "break", "locked-1", holder!])).err).toContain("neither holds nor waits for permits")
  await cli.run(["terminate", "locked-1"])
  await started.done
})
