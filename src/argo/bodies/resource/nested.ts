/**
 * A workflow that a resource template creates: it runs beneath the node
 * that created it, and is not shown among the nodes of the outer one.
 */
import * as Effect from "effect/Effect"
import type { LiveNode } from "../../../engine/Interpreter.ts"
import { decode } from "../../document/decode/decode.ts"
import { formatIssue } from "../../document/Issue.ts"
import { Library } from "../../document/Library.ts"
import { lintBundle } from "../../lint/lint.ts"
import { BadArgument } from "../../document/BadArgument.ts"
import { endOfRun } from "../../compile/endOfRun.ts"
import type { NestedEnd } from "./NestedEnd.ts"
import { fnv32a, runName } from "../../compile/naming.ts"
import { runHidden } from "../../compile/node.ts"
import { nestedSegment, openSession } from "../../compile/openSession.ts"
import { runMeasured } from "../../compile/workflowMetrics.ts"
import type { NodeResult } from "../../values/Result.ts"
import type { Session } from "../../compile/Session.ts"
import { submissionOf } from "../../compile/submission.ts"

const deepest = 10

/**
 * Runs a workflow, given as text, to its end; it can use the templates
 * and stores of the outer one. Throws BadArgument for a bad manifest.
 */
export const runNested = (outer: Session, live: LiveNode, name: string, text: string): Effect.Effect<NestedEnd> => {
  const { parts } = outer
  if (parts.nesting >= deepest) throw new BadArgument(`Workflows create each other more than ${deepest} deep`)
  const bundle = decode([{ name: "manifest", text }], parts.capabilities.strict)
  const library = new Library({ workflows: [...bundle.workflows, ...documentsNow(outer)] })
  const errors = lintBundle(bundle, parts.capabilities, library).filter(({ severity }) => severity === "error")
  if (errors.length > 0) throw new BadArgument(errors.map(formatIssue).join("; "))
  const submission = submissionOf(bundle, library, undefined)
  if (submission === undefined) throw new BadArgument("The manifest holds no workflow")
  const id = `${live.run.ledger.row.id}-${fnv32a(name).toString(36)}`
  const around = {
    ...parts,
    ...submission,
    library,
    directory: parts.root,
    outer,
    text,
    id,
    nesting: parts.nesting + 1
  }
  const work = (own: LiveNode): Effect.Effect<NodeResult> =>
    Effect.suspend(() => {
      const session = openSession(around, {}, own)
      return Effect.map(
        Effect.onExit(runMeasured(session, own), (exit) => endOfRun(session, own, exit)),
        (result) => ({ ...result, outputs: { parameters: [...session.parameters.values()] } })
      )
    })
  const run = runHidden(outer, live, { as: "composite" }, "Steps", work, nestedSegment)
  return Effect.map(run, (result) => ({ name: runName(submission.owner.document.metadata, id), submission, result }))
}

/** The documents of a run as it has changed them. */
const documentsNow = ({ objects, parts }: Session): Library["documents"] => {
  const texts = [...objects].flatMap(([name, object]) =>
    object === null || name.startsWith("Workflow/") ? [] : [{ name, text: JSON.stringify(object) }]
  )
  const untouched = parts.library.documents.filter(({ document: { kind, metadata } }) =>
    !objects.has(`${kind}/${metadata.name}`)
  )
  return [...decode(texts, false).workflows, ...untouched]
}
