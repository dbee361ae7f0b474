/**
 * What was done again, as people see it: kept nodes in the tree,
 * permit waits in the timeline, commands that wait by themselves.
 */
import { afterAll, expect, it } from "vitest"
import { Here } from "./Here.ts"

const here = new Here()
afterAll(() => here[Symbol.dispose]())

const file = here.file(
  "memo.yaml",
  `kind: Workflow
metadata: {generateName: memo-}
spec:
  entrypoint: main
  arguments: {parameters: [{name: code, value: "1"}]}
  templates:
  - name: main
    dag:
      tasks:
      - {name: a, template: ok}
      - {name: b, template: bad, depends: a}
      - {name: c, template: sub, depends: a}
  - name: sub
    steps: [[{name: x, template: ok}], [{name: y, template: ok}]]
  - {name: ok, script: {command: [sh], source: "echo hello"}}
  - {name: bad, script: {command: [sh], source: "exit {{workflow.parameters.code}}"}}
`
)

const kept =
  / ├─✔ a +ok +kept from m-1\n ├─✔ c +sub +kept from m-1\n │ ├───✔ x +ok +kept from m-1\n │ └───✔ y +ok +kept from m-1\n └─[✔✖] b /

it("a memoized resubmission of a manifest shows what it kept, by the names of the new run, also with other parameters", async () => {
  const first = await here.run("run", file, "--id", "m-1", "--executor", "process")
  expect(first.out).toMatch(/✖ memo-\w+ Failed {2}\(.*, 4 of 4 nodes\)\n$/)
  const same = await here.run("resubmit", "m-1", "--memoized", "--wait")
  expect(same.out).toMatch(/^✔ 3 nodes kept from m-1\n● memo-\w+ Running\n● memo-\w+\.b Running\n/)
  const name = /^● (memo-\w+) Running/m.exec(same.out)![1]!
  expect(await here.ok("get", "@latest")).toMatch(kept)
  expect(await here.ok("get", "@latest", "-o", "wide")).toContain(` ${name}.c[0].x `)
  const other = await here.run("resubmit", "m-1", "--memoized", "-p", "code=0", "--wait")
  expect([other.code, other.out]).toEqual([0, expect.stringContaining("✔ 3 nodes kept from m-1\n")])
  await here.ok("delete", "m-1")
  expect(await here.ok("get", "@latest")).toMatch(kept)
  // Once more: what was kept twice is told by the newest run it came from.
  const again = await here.run("resubmit", "@latest", "--memoized")
  expect([again.code, again.out]).toEqual([0, expect.stringContaining("✔ 4 nodes kept from memo-")])
  const copy = await here.ok("get", "@latest")
  expect(/^ ✔ (memo-\w+) /m.exec(copy)?.[1]).toBe(/^✔ (memo-\w+) Succeeded/m.exec(again.out)![1])
})

it("retry waits for the end, and prints only what was logged since", async () => {
  await here.run("run", file, "--id", "m-2", "--executor", "process")
  const { code, out } = await here.run("retry", "m-2", "-p", "code=0", "--wait")
  expect([code, out.includes("hello"), out.includes("Critical path")]).toEqual([0, false, false])
  expect(await here.ok("timeline", "m-2")).toMatch(/^Critical path: memo-\w+\.b$/m)
  const all = await here.run("retry", "m-2", "--restart-successful", "--node", "a", "--log")
  expect(all.out.match(/: hello$/gm)!.length).toBeGreaterThan(2)
})

it("timeline tells which nodes of a manifest waited for permits, and its critical path is that of the report", async () => {
  const locked = here.file(
    "locked.yaml",
    `kind: Workflow
metadata: {generateName: locked-}
spec:
  entrypoint: main
  templates:
  - name: main
    dag: {tasks: [{name: a, template: one}, {name: b, template: one}, {name: c, template: many}]}
  - {name: one, synchronization: {mutexes: [{name: only}]}, script: {command: [sh], source: "sleep 0.2"}}
  - {name: many, synchronization: {mutexes: [{name: only}]}, steps: [[{name: x, template: pod}]]}
  - {name: pod, script: {command: [sh], source: "sleep 0.2"}}
`
  )
  const { out } = await here.run("run", locked, "--id", "l-1", "--executor", "process")
  const text = await here.ok("timeline", "l-1")
  expect(text).toMatch(/\.b +█*▒+█+ /)
  expect(text).toMatch(/\.c +█*▒+ /)
  expect(text).toMatch(/; [\d.ms]+ waiting for permits\n/)
  expect(/^Critical path: .*$/m.exec(text)![0]).toBe(/^Critical path: .*$/m.exec(out)![0])
})
