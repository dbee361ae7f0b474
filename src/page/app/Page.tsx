/** Which page an address means. */
import type { ComponentType } from "preact"
import { useLayoutEffect } from "preact/hooks"
import { place, section } from "../state/route.ts"
import { RunsPage } from "../views/runs/RunsPage.tsx"
import { dialog } from "../views/run/scene.ts"
import { RunPage } from "../views/run/RunPage.tsx"
import { DiffPage } from "../views/diff/DiffPage.tsx"
import { FilePage } from "../views/file/FilePage.tsx"
import { InboxPage } from "../views/inbox/InboxPage.tsx"
import { LocksPage } from "../views/locks/LocksPage.tsx"
import { SchedulesPage } from "../views/schedules/SchedulesPage.tsx"
import { WorkflowPage } from "../views/workflows/WorkflowPage.tsx"
import { WorkflowsPage } from "../views/workflows/WorkflowsPage.tsx"
import { Unknown } from "../views/Unknown.tsx"

const shown: Readonly<Record<string, ComponentType>> = {
  inbox: InboxPage,
  workflows: WorkflowsPage,
  locks: LocksPage,
  schedules: SchedulesPage,
  file: FilePage
}

/** The page. */
export const Page = () => {
  const { path } = place.value
  // A dialog belongs to the page that it was opened on; one of the next page may be open before this one is painted.
  useLayoutEffect(() => () => void (dialog.value = undefined), [path.join("/")])
  if (section.value === "runs") return path[1] === undefined ? <RunsPage /> : <RunPage key={path[1]} id={path[1]} />
  if (section.value === "diff") return <DiffPage left={path[1] ?? ""} right={path[2] ?? ""} />
  if (section.value === "workflows" && path[1] !== undefined) return <WorkflowPage key={path[1]} name={path[1]} />
  const Shown = shown[section.value]
  return Shown === undefined ? <Unknown /> : <Shown />
}
