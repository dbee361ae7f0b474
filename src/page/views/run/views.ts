/** The views of a run, in the order of their tabs. */
import type { ComponentType } from "preact"
import type { RunScene } from "./scene.ts"
import { TreeView } from "./TreeView.tsx"

/** A view. */
export interface View {
  readonly key: string
  readonly title: string
  readonly Body: ComponentType<{ readonly scene: RunScene }>
}

/** The views. */
export const views: ReadonlyArray<View> = [
  { key: "tree", title: "Tree", Body: TreeView }
]
