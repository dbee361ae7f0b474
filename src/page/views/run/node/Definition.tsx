/** What a node is by its definition: of a typed run as planned, of a manifest its template. */
import { baseOf } from "../../../../run/path.ts"
import type { NodeView } from "../../../../view/RunView.ts"
import type { PlanJson } from "../../../../plan/drawing.ts"
import { get } from "../../../api/connection.ts"
import { Copy } from "../../../parts/Command.tsx"
import { Banner, Loading } from "../../../parts/Notice.tsx"
import { useLoaded } from "../../../state/loaded.ts"
import { show } from "../../../state/route.ts"
import type { RunScene } from "../scene.ts"
import { templateIn } from "./templateIn.ts"

type Planned = PlanJson["plans"][string]["nodes"][number]

/** The node of a plan at a path. */
const plannedAt = (text: string, path: string): Planned | undefined => {
  const { digest, plans } = JSON.parse(text) as PlanJson
  const steps = baseOf(path).replace(/\[[^\]]*\]/g, "").split("/")
  let graph = plans[digest]
  let found: Planned | undefined
  for (const step of steps) {
    found = graph?.nodes.find(({ name }) => name === step)
    graph = found?.plan === null || found === undefined ? undefined : plans[found.plan]
  }
  return found
}

const besides = (path: string, name: string): string => path.slice(0, path.lastIndexOf("/") + 1) + name

const Names = ({ names, path }: { readonly names: ReadonlyArray<string>; readonly path: string }) => (
  <>
    {names.map((name, at) => (
      <span key={name}>
        {at > 0 && ", "}
        <button type="button" class="link" onClick={() => show({ node: besides(path, name), tab: "" })}>{name}</button>
      </span>
    ))}
  </>
)

const Typed = ({ node: { path }, planned }: { readonly node: NodeView; readonly planned: Planned }) => {
  const { after, depends, description, guarded, kind, reads, runs } = planned
  const read = Object.entries(reads)
  return (
    <>
      {description !== null && <p>{description}</p>}
      <dl class="pairs">
        <dt>Kind</dt>
        <dd>{kind}</dd>
        {runs !== null && (
          <>
            <dt>Runs</dt>
            <dd>{runs}</dd>
          </>
        )}
        {after.length > 0 && (
          <>
            <dt>After</dt>
            <dd>
              <Names names={after} path={path} />
            </dd>
          </>
        )}
        {read.length > 0 && (
          <>
            <dt>Reads</dt>
            <dd>
              {read.map(([field, name]) => (
                <div key={field}>
                  {field !== name && <code>{field}</code>} {field !== name && "of"} <Names names={[name]} path={path} />
                </div>
              ))}
            </dd>
          </>
        )}
        {depends !== null && (
          <>
            <dt>Begins if</dt>
            <dd>
              <code>{depends}</code>
            </dd>
          </>
        )}
        {guarded && (
          <>
            <dt>Condition</dt>
            <dd>It has one of its own, and is skipped where that does not hold.</dd>
          </>
        )}
      </dl>
    </>
  )
}

interface Kept {
  readonly text: string
}

interface KeptFiles {
  readonly files: ReadonlyArray<{ readonly name: string; readonly text: string }>
}

const Manifest = ({ node, scene: { run } }: { readonly node: NodeView; readonly scene: RunScene }) => {
  const path = `/runs/${encodeURIComponent(run.id)}/definition`
  const { problem, value } = useLoaded(path, () => get<Kept | null>(path))
  if (problem.value !== "") return <Banner tone="error">{problem.value}</Banner>
  if (value.value === undefined) return <Loading label="Reading the template" rows={4} />
  if (value.value === null) return <p class="faint">No definition is kept for this run.</p>
  const { files } = JSON.parse(value.value.text) as KeptFiles
  const name = node.runs.split("/").at(-1)!
  const found = files.map((file) => ({ file: file.name, text: templateIn(file.text, name) }))
    .find(({ text }) => text !== undefined)
  if (found === undefined) return <p class="faint">No template of that name is kept with the run.</p>
  return (
    <section class="value">
      <h3>
        Template <code>{name}</code> <span class="faint">of {found.file}</span>{" "}
        <Copy text={found.text!} label="Copy the template" />
      </h3>
      <pre class="preview-text">{found.text}</pre>
    </section>
  )
}

/** Whether anything defines it. */
export const hasDefinition = (node: NodeView, { open: { history }, run }: RunScene): boolean =>
  run.isManifest ? node.runs !== "" : history.plan !== undefined && plannedAt(history.plan, node.path) !== undefined

/** The tab. */
export const Definition = ({ node, scene }: { readonly node: NodeView; readonly scene: RunScene }) => {
  if (scene.run.isManifest) return <Manifest node={node} scene={scene} />
  const planned = plannedAt(scene.open.history.plan ?? "{}", node.path)
  return planned === undefined ? null : <Typed node={node} planned={planned} />
}
