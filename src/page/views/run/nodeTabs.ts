/** What is told of a node, in the order of the tabs. */
import type { ComponentType } from "preact"
import type { TabKey } from "../../state/places.ts"
import type { NodeView } from "../../../view/RunView.ts"
import { Attempts } from "./node/Attempts.tsx"
import { Cache, hasCache } from "./node/Cache.tsx"
import { Definition, hasDefinition } from "./node/Definition.tsx"
import { hasArtifacts, NodeArtifacts } from "./node/NodeArtifacts.tsx"
import { NodeLogs } from "./node/NodeLogs.tsx"
import { Summary } from "./node/Summary.tsx"
import { Values } from "./node/Values.tsx"
import { Why } from "./node/Why.tsx"
import type { RunScene } from "./scene.ts"

/** A tab. */
export interface NodeTab {
  readonly key: TabKey
  readonly title: string
  readonly isFor: (node: NodeView, scene: RunScene) => boolean
  readonly Body: ComponentType<{ readonly node: NodeView; readonly scene: RunScene }>
}

const always = (): boolean => true

/** The tabs. */
export const nodeTabs: ReadonlyArray<NodeTab> = [
  { key: "summary", title: "Summary", isFor: always, Body: Summary },
  { key: "why", title: "Why", isFor: (node, { isLive }) => isLive && node.finishedAt === 0, Body: Why },
  { key: "values", title: "Values", isFor: always, Body: Values },
  { key: "attempts", title: "Attempts", isFor: (node) => node.startedAt > 0, Body: Attempts },
  { key: "logs", title: "Logs", isFor: always, Body: NodeLogs },
  { key: "artifacts", title: "Artifacts", isFor: hasArtifacts, Body: NodeArtifacts },
  { key: "cache", title: "Cache", isFor: hasCache, Body: Cache },
  { key: "definition", title: "Definition", isFor: hasDefinition, Body: Definition }
]
