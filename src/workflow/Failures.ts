/**
 * The typed errors of the nodes of one workflow, each with those of the nodes that it waits for: what a run fails with
 * when its workflow states no errors. The types of references (`Failures` in `Ref.ts`) say the same, so only what they
 * see counts: what a node needs, reads, comes after and asks about; no node by its name alone.
 *
 * Owns: a set of schemas per node. Invariant: sets are never changed once they are kept, so nodes share them.
 */
import { toErrorCodec } from "./codecSpec.ts"
import type { AnyCodec, AnyRef } from "./Definition.ts"

type Schemas = ReadonlySet<AnyCodec>

const none: Schemas = new Set()

/** Collects the errors while nodes are added, each after those it waits for. */
export class Failures {
  readonly #byNode = new Map<string, Schemas>()
  // Most nodes of a wide graph fail with the same.
  readonly #alone = new Map<AnyCodec, Schemas>()

  /** A node with errors of its own that waits for others. */
  add(node: string, own: AnyCodec | undefined, before: Iterable<string | undefined>): void {
    const all = this.#of(before)
    this.#byNode.set(node, own === undefined ? all : union(all, this.#aloneWith(own)))
  }

  /** The schema of the errors behind a reference or a record of them; `undefined` where nothing can fail with one. */
  behind(ref: AnyRef | undefined): AnyCodec | undefined {
    return ref === undefined ? undefined : toErrorCodec([...this.#of(nodesBehind(ref))])
  }

  #of(nodes: Iterable<string | undefined>): Schemas {
    let all = none
    for (const node of nodes) if (node !== undefined) all = union(all, this.#byNode.get(node) ?? none)
    return all
  }

  #aloneWith(schema: AnyCodec): Schemas {
    const known = this.#alone.get(schema)
    if (known !== undefined) return known
    const made = new Set([schema])
    this.#alone.set(schema, made)
    return made
  }
}

const nodesBehind = (ref: AnyRef): ReadonlyArray<string | undefined> =>
  ref.of === "record" ? Object.values(ref.fields ?? {}).flatMap(nodesBehind) : [ref.node]

const union = (one: Schemas, other: Schemas): Schemas => {
  // Not isSubsetOf: a Node that is too old lacks it, and is to be told so by `open`.
  if ([...other].every((it) => one.has(it))) return one
  return one.size === 0 ? other : new Set([...one, ...other])
}
