/** What a release needs is there: workflows that GitHub takes, a changelog for the version, one version everywhere. */
import { readdirSync, statSync } from "node:fs"
import { expect, it } from "vitest"
import { parse } from "yaml"
import { notesOf, problems } from "../../build/release.ts"
import { list, read } from "../tidy/repository.ts"
import { type ActionsWorkflow, problemsOf } from "./actions.ts"
import { nodes } from "./nodes.ts"
import { root } from "./Scratch.ts"

const workflows = readdirSync(`${root}.github/workflows`)

it.each(workflows)("the workflow %s is one of GitHub Actions, and names files and scripts that exist", (name) => {
  const text = read(`.github/workflows/${name}`)
  const workflow = parse(text) as ActionsWorkflow
  expect(problemsOf(workflow)).toEqual([])
  const { scripts } = JSON.parse(read("package.json"))
  const named = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, script = ""]) => script)
  expect(named.filter((script) => !(script in scripts))).toEqual([])
  for (const [, file = ""] of text.matchAll(/(?:node |run: )((?:build|test|\.ci)\/[\w./]+)/g)) {
    expect(statSync(root + file).isFile(), file).toBe(true)
  }
})

it("publishing may prove where it comes from, and holds no token", () => {
  const { jobs = {} } = parse(read(".github/workflows/release.yml")) as ActionsWorkflow
  for (const name of ["npm", "jsr"]) {
    expect(jobs[name]).toMatchObject({ needs: "test", permissions: { contents: "read", "id-token": "write" } })
  }
  expect(jobs["npm"]?.steps).toContainEqual({ run: "npm publish --provenance --access public" })
  expect(read(".github/workflows/release.yml")).not.toMatch(/secrets\./)
})

it("the checker of workflows knows what it looks for", () => {
  const job = { "runs-on": "x", needs: ["gone"], steps: [{ uses: "a/b" }, { run: "echo ${{ github.head_ref }}" }, {}] }
  expect(problemsOf({ on: "push", permissions: {}, jobs: { a: job }, what: 1 } as ActionsWorkflow)).toEqual([
    "the workflow has an unknown key what",
    "job a needs gone",
    "step 1 of job a uses a/b without a version",
    "step 2 of job a puts a text of others into a script",
    "step 3 of job a needs either `uses` or `run`"
  ])
})

it("a release is refused unless tag, manifests and changelog name one version", () => {
  const stated = { npm: "1.2.3", jsr: "1.2.3", changelog: "# Changelog\n\n## 1.2.3 (2027-01-01)\n\n- more\n" }
  expect(problems("v1.2.3", stated)).toEqual([])
  expect(problems("v1.2.4", stated)).toHaveLength(3)
  expect(problems("1.2.3", stated)).toHaveLength(1)
  expect(notesOf(stated.changelog, "1.2.3")).toBe("- more")
})

it("the changelog has notes of this version", () => {
  const { version } = JSON.parse(read("package.json"))
  expect(notesOf(read("CHANGELOG.md"), version)).toBeTruthy()
})

it("the versions of Node that are said to be tested are those that are", () => {
  const { node } = JSON.parse(read("package.json")).devDependencies
  expect(read("docs/reference/versions.md")).toContain(`| Node | 22.19 or newer | ${[node, ...nodes].join(", ")} |`)
  expect(read(".ci/run")).toContain("test/package/nodes.ts")
})

it("the examples and recipes run on Node 22, which has no `using`", () => {
  const using = list("examples").filter((path) => /^\s*(?:await )?using /m.test(read(path)))
  expect(using).toEqual([])
})
