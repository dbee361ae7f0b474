/** Which page an address means. */
import type { ComponentType } from "preact"
import { useLayoutEffect } from "preact/hooks"
import type { Section } from "../state/places.ts"
import { place } from "../state/route.ts"
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

interface Props {
  /** The parts of the address behind the first one. */
  readonly path: ReadonlyArray<string>
}

const shown: Readonly<Record<Section, ComponentType<Props>>> = {
  runs: RunsPage,
  run: ({ path: [id = ""] }) => <RunPage key={id} id={id} />,
  inbox: InboxPage,
  workflows: WorkflowsPage,
  workflow: ({ path: [name = ""] }) => <WorkflowPage key={name} name={name} />,
  locks: LocksPage,
  schedules: SchedulesPage,
  file: FilePage,
  diff: ({ path: [left = "", right = ""] }) => <DiffPage left={left} right={right} />
}

/** Of lists, the page of one of them. */
const single: Readonly<Record<string, Section>> = { runs: "run", workflows: "workflow" }

const sectionOf = ([first = "", name]: ReadonlyArray<string>): Section | undefined => {
  if (name !== undefined && Object.hasOwn(single, first)) return single[first]
  return Object.hasOwn(shown, first) && !Object.values(single).includes(first as Section) ? first as Section : undefined
}

/** The page. */
export const Page = () => {
  const { path } = place.value
  // A dialog belongs to the page that it was opened on; one of the next page may be open before this one is painted.
  useLayoutEffect(() => () => void (dialog.value = undefined), [path.join("/")])
  const section = sectionOf(path)
  if (section === undefined) return <Unknown />
  const Shown = shown[section]
  return <Shown path={path.slice(1)} />
}
