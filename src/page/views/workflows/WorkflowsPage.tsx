/** What can be started here: workflows that the server knows, and manifests that one brings along. */
import { useSignal } from "@preact/signals"
import { get } from "../../api/connection.ts"
import { Icon } from "../../parts/Icon.tsx"
import { Banner, Empty, Loading } from "../../parts/Notice.tsx"
import { useLoaded } from "../../state/loaded.ts"
import { asked, linkTo } from "../../state/route.ts"
import { canAct } from "../../state/session.ts"
import { dialog } from "../run/scene.ts"
import { ManifestDialog } from "./ManifestDialog.tsx"
import { StartDialog } from "./StartDialog.tsx"

interface Listed {
  readonly name: string
  readonly description?: string
}

/** The page. */
export const WorkflowsPage = () => {
  const { problem, value } = useLoaded("workflows", () => get<ReadonlyArray<Listed>>("/workflows"))
  const chosen = useSignal("")
  const isStarting = dialog.value?.is === "start"
  return (
    <section class="page" aria-labelledby="workflows-title">
      <header class="page-head">
        <h1 id="workflows-title">Workflows</h1>
        <div class="grow" />
        {canAct() && (
          <button type="button" onClick={() => void (dialog.value = { is: "manifest" })}>Start a manifest…</button>
        )}
      </header>
      {problem.value !== "" && <Banner tone="error">{problem.value}</Banner>}
      {value.value === undefined
        ? problem.value === "" && <Loading label="Reading the workflows" />
        : value.value.length === 0
        ? (
          <Empty title="This server knows no workflow" sign="flow">
            <p>
              Name the module when you start it, as in{" "}
              <code>pinnace ui flow.ts</code>. Manifests can be started without that.
            </p>
          </Empty>
        )
        : (
          <ul class="scroll workflow-list">
            {value.value.map(({ description, name }) => (
              <li key={name} class={asked("name") === name ? "chosen" : ""}>
                <Icon sign="flow" size={18} />
                <div>
                  <p>
                    <strong>{name}</strong>
                  </p>
                  {description !== undefined && <p class="faint">{description}</p>}
                </div>
                <div class="grow" />
                <a class="button" href={linkTo(["runs"], { q: `workflow:${name}` })}>Runs</a>
                {canAct() && (
                  <button
                    type="button"
                    class="primary"
                    onClick={() => {
                      chosen.value = name
                      dialog.value = { is: "start" }
                    }}
                  >
                    Start…
                  </button>
                )}
              </li>
            ))}
          </ul>
        )}
      {isStarting && chosen.value !== "" && <StartDialog name={chosen.value} />}
      {dialog.value?.is === "manifest" && <ManifestDialog />}
    </section>
  )
}
