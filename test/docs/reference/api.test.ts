/** The public API can be documented: every type that it shows has a name, and the reference says what sources say. */
import { spawnSync } from "node:child_process"
import process from "node:process"
import { beforeAll, describe, expect, it } from "vitest"
import { denoDoc, entries, llmsText, pageOf } from "../../../build/reference.ts"
import { root } from "../../examples/program.ts"
import { pages, readPage } from "../Page.ts"

/** Types of Effect, which its own documentation explains. */
const ofEffect = [
  "ArraySchema Cause Clock Codec Constraint ConstraintCodec Context Duration Effect Fiber Input Key Layer Literals Primitive",
  "Schedule Scope Service Stream String Struct Struct.Type TaggedError"
].join(" ").split(" ")
/** Lists of words, of which a type is made. */
const lists = "ARTIFACT_STATES PHASES artifactStrategies cacheModes executorNames overlaps reasons runFields units"
  .split(" ")
/** What an engine and a plan are made of, which promises nothing; and steps of inference on the way to a named type. */
const inner = [
  "AnyTask AnyWorkflow Asked BindableItems CachePart Engine ErrorName ErrorsOf Expected Failing FailuresOfField Fields Fitting",
  "HandlerDef Host Metric NeedsOf NoEffect Old Plan PlanNode ResultSpec Rows RunExists Wide"
].join(" ").split(" ")

describe.runIf(!("Bun" in globalThis || "Deno" in globalThis))("the public API", () => {
  /** What `deno doc --lint` complains of, of all entries at once. */
  const lint = (): string => {
    const { stderr, stdout } = spawnSync(
      `${root}node_modules/.bin/deno`,
      ["doc", "--lint", ...entries().map(([, file]) => file)],
      { cwd: root, env: { ...process.env, NO_COLOR: "1" }, encoding: "utf8", maxBuffer: 2 ** 28 }
    )
    return `${stdout}${stderr}`
  }
  let told = ""
  beforeAll(() => void (told = lint()))

  it("says of everything that it shows what it means", () => {
    const places = [...told.matchAll(/missing-jsdoc\][^\n]*\n\s*-->\s*(\S+)/g)].map(([, place = ""]) => place)
    // What Effect leaves without words shows that the complaints are read.
    expect(places.filter((place) => place.includes("/node_modules/effect/"))).not.toEqual([])
    expect(places.filter((place) => !place.includes("/node_modules/"))).toEqual([])
  })

  it("names every type that it shows: add those that users meet to src/embed/partsOfTypes.ts", () => {
    const hidden = [...told.matchAll(/references private type '([^']+)'/g)].map(([, name = ""]) => name)
    expect(hidden).toContain("Effect")
    const unnamed = new Set(hidden.filter((name) => ![...ofEffect, ...lists, ...inner].includes(name)))
    // Only ever lowered: 242 were seen and could not be named.
    expect([...unnamed].slice(10), [...unnamed].join(" ")).toEqual([])
  })

  it("has a reference that says what the sources say", () => {
    const page = pageOf("pinnace/otel", denoDoc("src/otel/mod.ts"))
    expect(page).toContain("# pinnace/otel\n\nTraces of runs for OpenTelemetry")
    expect(page).toMatch(
      /## otlp\n\n```text\nfunction otlp\(options: OtlpOptions\): OtlpSink\n {2}Sends spans to a collector/
    )
    expect(page).not.toMatch(/Defined in|@module/)
  })
})

it("llms.txt leads to every page of docs, with what it is about", () => {
  const text = llmsText(readPage("README.md").text, readPage("docs/README.md").text)
  expect(text).toMatch(
    /^# Pinnace\n\n> Pinnace is .+\n\n## Learn\n\n- \[Getting started\]\(docs\/getting-started\.md\): \w/
  )
  const paths = pages().map(({ path }) => path).filter((path) => path.startsWith("docs/") && path !== "docs/README.md")
  expect(paths.filter((path) => !text.includes(`](${path}): `))).toEqual([])
})
