/**
 * Manifests whose paths, keys and names were replaced by hostile
 * ones: with real processes nothing outside of their folder changes.
 */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { stringify } from "yaml"
import { open, type RunHandle } from "../../mod.ts"
import { InvalidManifest, load } from "../../src/argo/mod.ts"
import { type Random, seeded } from "../run/random.ts"
import { removeTree } from "../removeTree.ts"

/** What a writer of manifests can fill in; each is replaced now and then. */
const honest = {
  outPath: "/tmp/out.txt",
  outDir: "/tmp/tree",
  key: "reports/{{workflow.name}}.txt",
  inPath: "/tmp/in.txt",
  mount: "/work",
  subPath: "deep/er",
  artifact: "report",
  volume: "shared",
  config: "settings.ini",
  link: "/tmp/out.txt"
}

const manifestOf = (it: Readonly<Record<keyof typeof honest, string>>) => ({
  kind: "Workflow",
  metadata: { name: "wf" },
  spec: {
    entrypoint: "main",
    volumes: [{ name: it.volume, emptyDir: {} }, { name: "c", configMap: { name: "settings" } }],
    templates: [
      {
        name: "main",
        steps: [[{ name: "a", template: "make" }], [{
          name: "b",
          template: "use",
          arguments: {
            artifacts: [
              { name: "given", from: "{{steps.a.outputs.artifacts." + it.artifact + "}}", subPath: it.subPath }
            ]
          }
        }]]
      },
      {
        name: "make",
        outputs: {
          artifacts: [
            { name: it.artifact, path: it.outPath, optional: true, archive: { none: {} }, s3: { key: it.key } },
            { name: "tree", path: it.outDir, optional: true }
          ]
        },
        script: {
          image: "x",
          command: ["sh"],
          source:
            `mkdir -p /tmp/tree/deep; echo mine > /tmp/tree/deep/er; ln -s '${it.link}' /tmp/tree/link; echo mine > /tmp/out.txt; ln -sf '${it.link}' /work/l; exit 0`,
          volumeMounts: [{ name: it.volume, mountPath: it.mount, subPath: it.subPath }, {
            name: "c",
            mountPath: `/etc/${it.config}`,
            subPath: it.config
          }]
        }
      },
      {
        name: "use",
        inputs: { artifacts: [{ name: "given", path: it.inPath, optional: true }] },
        container: { image: "x", command: ["true"], volumeMounts: [{ name: it.volume, mountPath: it.mount }] }
      }
    ]
  }
})

const hostile = (outside: string): ReadonlyArray<string> => [
  "../../../../../../outside/victim",
  `${outside}/victim`,
  `/proc/self/root${outside}/victim`,
  "..",
  ".",
  "",
  "/",
  "a/../../b",
  "a\u0000b",
  "{{workflow.name}}/../../..",
  "//",
  "\\..\\..",
  "-rf",
  "$(touch /outside)",
  `${outside}`,
  "x".repeat(300)
]

/** What such manifests did: how many runs there were, and what changed that must not. */
export interface Escapes {
  readonly ran: number
  readonly wrong: ReadonlyArray<string>
}

/** Plays such manifests, and tells of each before it is played. */
export const playEscapes = async (seeds: number, tell: (seed: number) => void, from = 1): Promise<Escapes> => {
  const root = mkdtempSync(join(realpathSync(tmpdir()), "escape-"))
  const outside = join(root, "outside")
  mkdirSync(outside)
  writeFileSync(join(outside, "victim"), "untouched")
  const before = listing(outside)
  const wrong: Array<string> = []
  let ran = 0
  const pinnace = await open(":memory:")
  for (let seed = from; seed < from + seeds; seed++) {
    tell(seed)
    const random = seeded(seed)
    const directory = join(root, "runs")
    try {
      const text = `${stringify(manifestOf(choose(random, hostile(outside))))}---\n${settings}`
      const run = await pinnace.start(load(text, { directory, executor: "sandbox" }), { parameters: {} })
      const left = await endOf(run)
      if (left !== undefined) wrong.push(`seed ${seed}: does not end: ${left}`)
      ran++
    } catch (error) {
      if (!(error instanceof InvalidManifest) && !("_tag" in (error as object))) {
        wrong.push(`seed ${seed}: ${String(error)}`)
      }
    }
    if (listing(outside) !== before) wrong.push(`seed ${seed}: ${listing(outside)}`)
    for (const name of readdirSync(root)) {
      if (name !== "outside" && name !== "runs") wrong.push(`seed ${seed}: made ${name}`)
    }
    if (existsSync("/outside")) wrong.push(`seed ${seed}: made /outside`)
    if (wrong.length > 0) break
  }
  await pinnace.close()
  removeTree(root)
  return { ran, wrong }
}

/** What a run waits for that has not ended in a time that is enough anywhere; nothing when it has ended. */
const endOf = async (run: RunHandle<unknown>): Promise<string | undefined> => {
  let timer: NodeJS.Timeout | undefined
  const overdue = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(where(run)), 5 * 60_000)
  })
  try {
    return await Promise.race([run.ending().then(() => undefined), overdue])
  } finally {
    clearTimeout(timer)
  }
}

const where = async (run: RunHandle<unknown>): Promise<string> =>
  JSON.stringify([await run.status(), await run.nodes(), await run.why()], null, 1)

const settings = stringify({ kind: "ConfigMap", metadata: { name: "settings" }, data: { "settings.ini": "a=1" } })

const choose = (random: Random, odd: ReadonlyArray<string>): typeof honest =>
  Object.fromEntries(
    Object.entries(honest).map(([name, value]) => [name, random.chance(0.3) ? random.pick(odd) : value])
  ) as typeof honest

const listing = (folder: string): string =>
  readdirSync(folder).map((name) => {
    const path = join(folder, name)
    const stats = lstatSync(path)
    return `${name} ${stats.mode} ${stats.isFile() ? readFileSync(path, "utf8") : "no file"}`
  }).join("; ")
