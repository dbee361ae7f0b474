/** Rules about images, for who runs them. */
import type { Located } from "../document/decode/decode.ts"
import type { Container } from "../document/Container.ts"
import type { Template, WorkflowDocument } from "../document/Manifest.ts"

/** Reports containers that name no image, which an engine cannot run. */
export const checkImages = (
  { document: { spec }, findings }: Located<WorkflowDocument>,
  engine: string,
  replaced: object = {}
): void => {
  const run = (spec.templates ?? []).filter(({ name = "" }) => !Object.hasOwn(replaced, name))
  for (const container of run.flatMap(containersOf)) {
    if ((container.image ?? "") !== "") continue
    findings.add(container, "", {
      code: "image",
      message: `${container.name === undefined ? "A container" : `Container "${container.name}"`} names no image`,
      hint: `The executor ${engine} needs one; "process" and "sandbox" do without`
    })
  }
}

const containersOf = (template: Template): ReadonlyArray<Container> => [
  ...[template.container, template.script].flatMap((it) => it ?? []),
  ...template.initContainers ?? [],
  ...template.sidecars ?? [],
  ...template.containerSet?.containers ?? [],
  ...[...(template.steps ?? []).flat(), ...(template.dag?.tasks ?? [])].flatMap(({ inline }) =>
    inline === undefined ? [] : containersOf(inline)
  )
]
