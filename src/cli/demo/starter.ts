/** The files of a starter project. */
import { sep } from "node:path"
import process from "node:process"
import { packageSpec } from "./packageSpec.ts"

const flow = `import { Schema, task, workflow } from "pinnace"

class Unknown extends Schema.TaggedError<Unknown>()("Unknown", { city: Schema.String }) {}

export const temperature = task("temperature", {
  input: { city: Schema.String },
  output: Schema.Number,
  errors: [Unknown],
  retry: { limit: 2, backoff: "1 second" },
  run: ({ city }, { log }) => {
    log("looking up", city)
    if (city === "") throw new Unknown({ city })
    return city.length * 3
  }
})

const average = task("average", {
  input: { numbers: Schema.Array(Schema.Number) },
  output: Schema.Number,
  run: ({ numbers }) => numbers.reduce((sum, it) => sum + it, 0) / numbers.length
})

export const weather = workflow("weather", { input: { cities: Schema.Array(Schema.String) } }, (w) => {
  const numbers = w.map("temperatures", w.input.cities, temperature, (city) => ({ city }))
  return w.node("average", average, { input: { numbers } })
})
`

const test = `import assert from "node:assert/strict"
import { test } from "node:test"
import { TestEngine } from "pinnace/testing"
import { temperature, weather } from "./flow.ts"

test("weather averages the temperatures of cities", async () => {
  const engine = new TestEngine()
  engine.replace(temperature, ({ city }) => (city === "Oslo" ? 10 : 20))
  const run = await engine.pinnace.start(weather, { cities: ["Oslo", "Rome"] })
  assert.equal(await engine.finish(run), 15)
  await engine.close()
})
`

const app = `import { open } from "pinnace"
import { weather } from "./flow.ts"

const pinnace = await open("pinnace.db", { workflows: [weather] })
try {
  const run = await pinnace.start(weather, { cities: ["Oslo", "Rome"] })
  console.log(run.id, await run.result())
} finally {
  await pinnace.close()
}
`

const compiler = {
  compilerOptions: {
    target: "esnext",
    module: "nodenext",
    lib: ["esnext"],
    types: ["node"],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    erasableSyntaxOnly: true
  },
  include: ["*.ts"]
}

const manifest = `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata:
  generateName: hello-
spec:
  entrypoint: main
  arguments:
    parameters:
      - { name: message, value: hello }
  templates:
    - name: main
      script:
        image: alpine
        command: [sh]
        source: echo "{{workflow.parameters.message}}"
`

const readme = `# A starter project for Pinnace

    npm install
    npm test
    npx pinnace run flow.ts --input '{"cities": ["Oslo", "Rome"]}'
    npx pinnace run hello.yaml -p message=hi
    npx pinnace dev flow.ts --input '{"cities": ["Oslo", "Rome"]}'
    npx pinnace list

\`flow.ts\` is a workflow, \`app.ts\` an app that runs it with \`open\` (\`npm run app\`), \`flow.test.ts\` its test, which also runs with \`bun test\` and \`deno test -A\`, and \`hello.yaml\` an Argo manifest. \`dev\` runs the workflow again whenever you save it.
`

// better-sqlite3 brings its binaries, which `npm ci` would compile all the same: that takes Python and a compiler.
const allowScripts = { "better-sqlite3": false }

/** A user who has this Node from a package, not from the system, gets it in the project too. */
const tools = () => {
  const own = "bun" in process.versions || !process.execPath.includes(`${sep}node_modules${sep}`)
  const types = { "@types/node": "24.19.2", typescript: "7.0.2" }
  return own
    ? { devDependencies: types, allowScripts }
    : { devDependencies: { ...types, node: process.versions.node }, allowScripts: { ...allowScripts, node: true } }
}

const project = {
  name: "my-workflows",
  private: true,
  type: "module",
  engines: { node: ">=22.19" },
  scripts: {
    start: 'pinnace run flow.ts --input \'{"cities": ["Oslo", "Rome"]}\'',
    app: "node app.ts",
    test: "node --test flow.test.ts",
    typecheck: "tsc"
  },
  dependencies: { effect: "4.1.0", pinnace: packageSpec() },
  ...tools()
}

const ignored = "node_modules\npinnace.db*\n"

/** The files by name. */
export const starterFiles: Readonly<Record<string, string>> = {
  "package.json": `${JSON.stringify(project, null, 2)}\n`,
  "tsconfig.json": `${JSON.stringify(compiler, null, 2)}\n`,
  "app.ts": app,
  "flow.ts": flow,
  "flow.test.ts": test,
  "hello.yaml": manifest,
  "README.md": readme,
  ".gitignore": ignored,
  // A package that is only linked would bring a second copy of Effect.
  ...(project.dependencies.pinnace.startsWith("file:") ? { ".npmrc": "install-links=true\n" } : {})
}

/** The folder that is added to a package. */
export const addedFolder = "workflows"

/** The files that are added to a package, by name. */
export const addedFiles: Readonly<Record<string, string>> = {
  [`${addedFolder}/flow.ts`]: flow,
  [`${addedFolder}/flow.test.ts`]: test
}

const entries = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? { ...value } : {}

/**
 * The text of a package.json with what is missing in it, and what that is; `undefined` for text that is not a package.
 */
export const addition = (
  text: string
): { readonly text: string; readonly added: ReadonlyArray<string> } | undefined => {
  let found: unknown
  try {
    found = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof found !== "object" || found === null || Array.isArray(found)) return undefined
  const old = entries(found)
  const wanted = {
    scripts: { [`${addedFolder}:test`]: `node --test ${addedFolder}/flow.test.ts` },
    dependencies: project.dependencies
  }
  const added: Array<string> = []
  const changed = Object.fromEntries(
    Object.entries(wanted).map(([field, values]) => {
      const have = entries(old[field])
      const missing = Object.entries(values).filter(([name]) => !(name in have))
      for (const [name, value] of missing) added.push(`${field}.${name} = ${JSON.stringify(value)}`)
      return [field, { ...have, ...Object.fromEntries(missing) }]
    })
  )
  const indent = /\n([ \t]+)"/.exec(text)?.[1] ?? "  "
  return { text: `${JSON.stringify({ ...old, ...changed }, null, indent)}\n`, added }
}
