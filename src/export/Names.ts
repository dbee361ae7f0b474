/**
 * Names that Argo accepts, one for each of ours.
 *
 * Owns: which names are taken. Invariant: the same calls in the same order give the same names.
 */
export class Names {
  readonly #taken = new Set<string>()

  /** A free name that looks like `wanted`: lower-case letters, digits and dashes. */
  free(wanted: string): string {
    const plain = dashed(wanted)
    let name = plain
    for (let number = 2; this.#taken.has(name); number++) name = `${plain}-${number}`
    this.#taken.add(name)
    return name
  }
}

/** Text as a name of Kubernetes: at most 40 characters, so that the names of pods stay readable. */
export const dashed = (text: string): string => {
  const kept = text.toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 40).replace(/^-+|-+$/g, "")
  return kept === "" ? "x" : /^[a-z]/.test(kept) ? kept : `n-${kept}`
}
