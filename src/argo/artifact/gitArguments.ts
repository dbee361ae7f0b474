/** What git is asked to do for an artifact. Pure. */
import { BadArgument } from "../document/BadArgument.ts"
import type { GitSource } from "../document/Locations.ts"

/** Holds the values against what git would take for options or for programs to run. Throws BadArgument. */
export const checkGit = ({ branch, fetch = [], repo = "", revision }: GitSource): void => {
  if (repo === "") throw new BadArgument("git.repo is missing")
  // A transport "ext::COMMAND" would be run.
  if (/^[\w+.-]*::/.test(repo)) throw new BadArgument(`git.repo: "${repo}" names a transport that is not allowed`)
  for (
    const [name, value] of [
      ["repo", repo],
      ["revision", revision],
      ["branch", branch],
      ...fetch.map((it) => ["fetch", it])
    ]
  ) {
    // deno-lint-ignore no-control-regex
    if (value !== undefined && /^-|[\u0000-\u001f]/.test(value)) {
      throw new BadArgument(`git.${name}: "${value}" is not allowed: git would read it as an option`)
    }
  }
}

/** How the repository is cloned to a directory that does not exist, without files yet. */
export const cloneArguments = (source: GitSource, to: string): ReadonlyArray<string> => {
  const { branch, depth, repo = "", singleBranch } = source
  const one = singleBranch === true ? ["--single-branch"] : depth === undefined ? [] : ["--no-single-branch"]
  const named = branch === undefined ? [] : ["--branch", branch]
  return ["clone", "--quiet", "--no-checkout", ...depthOf(source), ...named, ...one, "--", repo, to]
}

/** How refspecs are fetched. */
export const fetchArguments = (source: GitSource, refs: ReadonlyArray<string>): ReadonlyArray<string> => [
  "fetch",
  "--quiet",
  ...depthOf(source),
  "--",
  "origin",
  ...refs
]

/** How a revision, or else the branch that was cloned, becomes files. */
export const checkoutArguments = (revision: string | undefined): ReadonlyArray<string> => [
  "checkout",
  "--quiet",
  ...revision === undefined ? [] : [revision, "--"]
]

/** How submodules are added. */
export const submoduleArguments = (source: GitSource): ReadonlyArray<string> => [
  "submodule",
  "--quiet",
  "update",
  "--init",
  "--recursive",
  ...depthOf(source)
]

const depthOf = ({ depth }: GitSource): ReadonlyArray<string> => depth === undefined ? [] : ["--depth", String(depth)]
