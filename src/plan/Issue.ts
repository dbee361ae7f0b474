/** One shape for everything the author of a workflow can get wrong. */
import * as Schema from "effect/Schema"

/** An authoring mistake: where (`path`), which kind (`code`), what (`message`), what to do (`hint`). */
export interface Issue {
  /** Where it is: names of the workflow and its nodes. */
  readonly path: string
  /** Which kind of mistake, for programs. */
  readonly code: IssueCode
  /** What is wrong, for people. */
  readonly message: string
  /** What to do about it. */
  readonly hint: string
}

/** The kinds of authoring mistakes. */
export type IssueCode =
  | "cycle"
  | "duplicate-node"
  | "unknown-node"
  | "reserved-name"
  | "invalid-name"
  | "not-upstream"
  | "not-a-reference"
  | "foreign-reference"
  | "invalid-result"
  | "duplicate-handler"
  | "schema-not-serialisable"
  | "invalid-retry"
  | "invalid-timeout"
  | "invalid-limit"
  | "invalid-permit"
  | "invalid-retention"
  | "invalid-start"
  | "invalid-cache"
  | "invalid-pool"
  | "invalid-compensation"
  | "cache-ambiguous"
  | "cache-services"
  | "contradiction"
  | "too-many-nodes"
  | "too-deep"

/** A workflow cannot be compiled; `issues` holds every mistake. */
export class InvalidWorkflow extends Schema.TaggedError<InvalidWorkflow>()("InvalidWorkflow", {
  workflow: Schema.String,
  issues: Schema.Array(Schema.Struct({
    path: Schema.String,
    code: Schema.String,
    message: Schema.String,
    hint: Schema.String
  })),
  message: Schema.String
}) {}
