/**
 * `list` of many runs: in pages, and asking before a terminal is flooded. What the first manifest of a newcomer shows.
 */
import { join } from "node:path"
import { expect, it, vi } from "vitest"
import { open, task, workflow } from "../../mod.ts"
import { Here } from "./Here.ts"

const one = workflow("one", {}, (w) => w.node("n", task("n", { run: () => 1 })))

it("shows pages, and asks before more lines than a person reads", async () => {
  using here = new Here([one])
  const app = await open(here.db, { durability: "process" })
  await Promise.all(
    Array.from({ length: 1_001 }, async (_, at) => (await app.start(one, undefined, { id: `r-${at}` })).ending())
  )
  await app.close()
  const first = await here.run("list", "--limit", "2")
  expect(first.out).toMatch(/^NAME +WORKFLOW +STATUS .*\nr-1000 +one .*\nr-999 +one .*\n$/)
  expect(first.err).toBe("There are more: --page 2 shows the next\n")
  expect((await here.run("list", "--limit", "2", "--page", "2", "-o", "name")).out).toBe("r-998\nr-997\n")
  const last = await here.run("list", "--limit", "1000", "--page", "2")
  expect([last.out.split("\n").length, last.err]).toEqual([3, ""])
  expect((await here.run("list", "--page", "2")).err).toContain("--page needs --limit")
  const no = await here.atTerminal("n", "list")
  expect([no.out, no.err]).toEqual(["", expect.stringContaining("Print 1001 lines? [y/N] ")])
  expect(no.err).toContain("Nothing was printed: --limit N, --since 1d and --status show fewer")
  expect((await here.atTerminal("y", "list")).out.split("\n")).toHaveLength(1_003)
})

it("the first manifest shows what it printed when it is little, else with --log", async () => {
  using here = new Here()
  const says = (name: string, lines: number) =>
    here.file(
      `${name}.yaml`,
      `kind: Workflow
metadata: {generateName: ${name}-}
spec: {entrypoint: main, templates: [{name: main, container: {image: busybox, command: [seq, "${lines}"]}}]}
`
    )
  const little = await here.run("run", says("little", 2), "--executor", "process")
  expect(little.out).toMatch(
    /Running\nlittle-\w+: 1\nlittle-\w+: 2\n✔ little-\w+ Succeeded\n✔ little-\w+ Succeeded {2}\(.*, 1 of 1 node\)\n$/
  )
  expect(little.err).toBe(
    "Images are not used here: commands run on this machine. --executor podman or docker uses them.\n"
  )
  const much = says("much", 30)
  const tree = await here.run("run", much, "--executor", "process", "--id", "much-1", "-o", "tree")
  expect([tree.err, tree.out.includes(": 30\n")]).toEqual(["", false])
  expect(tree.out).toContain(`\n30 lines were logged: pinnace logs much-1 --db ${here.db}\n`)
  expect((await here.run("run", much, "--executor", "process", "-o", "tree", "--log")).out).toMatch(/\nmuch-\w+: 30\n/)
  const plain = (await here.run("run", much, "--executor", "process", "--log")).out
  expect(plain.match(/^much-\w+: \d+$/gm)?.map((line) => Number(line.split(" ")[1]))).toEqual(
    Array.from({ length: 30 }, (_, n) => n + 1)
  )
  expect((await here.run("run", much, "-o", "json", "--executor", "process", "--log")).out).toMatch(/^\{\n/)
})

it("Lines are printed as they come where no tree is drawn, and once", async () => {
  using here = new Here()
  const go = join(here.folder, "go")
  const manifest = here.file(
    "slow.yaml",
    `kind: Workflow
metadata: {generateName: slow-}
spec: {entrypoint: main, templates: [{name: main, script: {command: [sh], source: "${`echo before; until test -e ${go}; do sleep 0.05; done; echo after`}"}}]}
`
  )
  const { done, out } = here.begin("run", manifest, "--executor", "process")
  await vi.waitFor(() => expect(out.all).toMatch(/: before$/m), { timeout: 60_000, interval: 20 })
  here.file("go", "")
  expect((await done).code).toBe(0)
  expect(out.all.match(/(?<=slow-\w+)(?:: .*| \w+)$/gm)).toEqual([" Running", ": before", ": after", " Succeeded"])
})
