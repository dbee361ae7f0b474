/** The views of a run, in the order of their tabs. */
import type { ComponentType } from "preact"
import type { ViewKey } from "../../state/places.ts"
import type { RunScene } from "./scene.ts"
import { ArtifactsView } from "./ArtifactsView.tsx"
import { EventsView } from "./EventsView.tsx"
import { GraphView } from "./GraphView.tsx"
import { LogsView } from "./LogsView.tsx"
import { TimelineView } from "./TimelineView.tsx"
import { TreeView } from "./TreeView.tsx"
import { ValuesView } from "./ValuesView.tsx"

/** A view. */
export interface View {
  readonly key: ViewKey
  readonly title: string
  /** Whether only the events of a run tell what it shows. */
  readonly needsEvents?: boolean
  readonly Body: ComponentType<{ readonly scene: RunScene }>
}

/** The views. */
export const views: ReadonlyArray<View> = [
  { key: "tree", title: "Tree", Body: TreeView },
  { key: "graph", title: "Graph", Body: GraphView },
  { key: "timeline", title: "Timeline", Body: TimelineView, needsEvents: true },
  { key: "logs", title: "Logs", Body: LogsView },
  { key: "artifacts", title: "Artifacts", Body: ArtifactsView },
  { key: "values", title: "Values", Body: ValuesView, needsEvents: true },
  { key: "events", title: "Events", Body: EventsView, needsEvents: true }
]
