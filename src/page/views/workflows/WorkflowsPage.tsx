/** What can be started here: workflows that the server knows, and manifests that one brings along. */
import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { Banner, Empty, Loading } from "../../parts/Notice.tsx"
import { useLoaded } from "../../state/loaded.ts"
import { asked } from "../../state/route.ts"
import { canAct } from "../../state/session.ts"
import { dialog } from "../run/scene.ts"
import { ManifestDialog } from "./ManifestDialog.tsx"
import { StartDialog } from "./StartDialog.tsx"
import { BadFile, WorkflowRow } from "./WorkflowRow.tsx"
import { type Listed, readWorkflows } from "./workflows.ts"

/** The page. */
export const WorkflowsPage = () => {
  const { problem, value } = useLoaded("workflows", readWorkflows, true)
  const chosen = useSignal<Listed | undefined>(undefined)
  useEffect(() => {
    document.title = "Workflows · Pinnace"
  }, [])
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
              Name modules, manifests or directories when you start it:{" "}
              <code>pinnace ui flow.ts workflows/</code>. A manifest can be started without that.
            </p>
          </Empty>
        )
        : (
          <div class="scroll">
            <ul class="flows">
              {value.value.map((it) =>
                it.problems === undefined
                  ? (
                    <WorkflowRow
                      key={`${it.kind} ${it.name}`}
                      it={it}
                      isChosen={asked("name") === it.name}
                      canAct={canAct()}
                      onStart={() => {
                        chosen.value = it
                        dialog.value = { is: "start" }
                      }}
                    />
                  )
                  : <BadFile key={`file ${it.file}`} it={it} />
              )}
            </ul>
          </div>
        )}
      {isStarting && chosen.value !== undefined && <StartDialog it={chosen.value} />}
      {dialog.value?.is === "manifest" && <ManifestDialog />}
    </section>
  )
}
