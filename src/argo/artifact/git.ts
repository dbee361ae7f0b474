/** Artifacts from git repositories, through the command git with the user's own configuration. */
import { messageFrom } from "../document/messageFrom.ts"
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import * as Effect from "effect/Effect"
import { runProgram } from "../../process/runProgram.ts"
import { BadArgument } from "../document/BadArgument.ts"
import type { GitSource } from "../document/Locations.ts"
import type { StoreDocument } from "../document/Manifest.ts"
import { checkGit, checkoutArguments, cloneArguments, fetchArguments, submoduleArguments } from "./gitArguments.ts"
import { neededSecret } from "./secrets.ts"

type Git = (args: ReadonlyArray<string>) => Effect.Effect<void, BadArgument>

/** Makes a working copy at a path that does not exist. */
export const loadGit = (
  source: GitSource,
  stores: ReadonlyArray<StoreDocument>,
  to: string
): Effect.Effect<void, BadArgument> =>
  Effect.acquireUseRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "pinnace-git-"))),
    (secrets) =>
      Effect.suspend(() => {
        checkGit(source)
        const environment = environmentOf(source, stores, secrets)
        return copied(source, to, (args) => git(args, environment, source))
      }).pipe(Effect.catchDefect((error) => Effect.fail(error as BadArgument))),
    (secrets) => Effect.sync(() => rmSync(secrets, { recursive: true, force: true }))
  )

const copied = (source: GitSource, to: string, run: Git): Effect.Effect<void, BadArgument> =>
  Effect.gen(function* () {
    const { disableSubmodules, fetch = [], revision } = source
    const within = (args: ReadonlyArray<string>) => run(["-C", to, ...args])
    yield* run(cloneArguments(source, to))
    if (fetch.length > 0) yield* within(fetchArguments(source, fetch))
    const checkout = within(checkoutArguments(revision))
    // What no branch or tag leads to, or what lies deeper than was cloned, can still be asked for by name.
    const asked = Effect.andThen(
      within(fetchArguments(source, [revision ?? "HEAD"])),
      within(checkoutArguments("FETCH_HEAD"))
    )
    yield* revision === undefined ? checkout : Effect.catch(checkout, (error) => Effect.mapError(asked, () => error))
    if (disableSubmodules !== true) yield* within(submoduleArguments(source))
  })

const git = (
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string>>,
  { repo = "" }: GitSource
): Effect.Effect<void, BadArgument> =>
  Effect.matchEffect(runProgram("git", args, { env }), {
    onFailure: (error) => Effect.fail(new BadArgument(`git cannot be started: ${messageFrom(error)}`)),
    onSuccess: ({ code, stderr }) => {
      if (code === 0) return Effect.void
      const why = withoutPasswords(stderr.trim().split("\n").slice(-2).join(" "))
      return Effect.fail(
        new BadArgument(`git ${args.find((it) => /^[a-z]/.test(it))} of ${withoutPasswords(repo)}: ${why}`)
      )
    }
  })

const withoutPasswords = (text: string): string => text.replace(/(\w:\/\/)[^/@\s]+@/g, "$1***@")

/**
 * Answers git's questions from the environment, but only for the
 * host they are meant for: redirects and submodules may name others.
 */
const askPass = `#!/bin/sh
case $1 in *"//$PINNACE_GIT_HOST'"* | *"//$PINNACE_GIT_HOST/"* | *"@$PINNACE_GIT_HOST'"* | *"@$PINNACE_GIT_HOST/"*) ;; *) exit 1 ;; esac
case $1 in Username*) printf %s "$PINNACE_GIT_USERNAME" ;; *) printf %s "$PINNACE_GIT_PASSWORD" ;; esac
`

const environmentOf = (
  source: GitSource,
  stores: ReadonlyArray<StoreDocument>,
  secrets: string
): Readonly<Record<string, string>> => {
  const [username, password, key] = [source.usernameSecret, source.passwordSecret, source.sshPrivateKeySecret].map((
    it
  ) => neededSecret(it, stores))
  const hasPassword = username !== undefined || password !== undefined
  return {
    LC_ALL: "C",
    GIT_TERMINAL_PROMPT: "0",
    // A server that sends nothing for two minutes is given up.
    GIT_HTTP_LOW_SPEED_LIMIT: "1",
    GIT_HTTP_LOW_SPEED_TIME: "120",
    GIT_LFS_SKIP_SMUDGE: process.env["GIT_LFS_SKIP_SMUDGE"] ?? "0",
    ...(source.insecureSkipTLS === true ? { GIT_SSL_NO_VERIFY: "1" } : {}),
    ...(hasPassword ? asking(source, secrets, username, password) : {}),
    ...sshOf(source, secrets, key)
  }
}

const asking = (
  { repo = "" }: GitSource,
  secrets: string,
  username = "",
  password = ""
): Readonly<Record<string, string>> => ({
  GIT_ASKPASS: put(join(secrets, "ask"), askPass, 0o700),
  PINNACE_GIT_HOST: URL.canParse(repo) ? new URL(repo).host : "",
  PINNACE_GIT_USERNAME: username,
  PINNACE_GIT_PASSWORD: password,
  // No helper of the user's may answer instead.
  GIT_CONFIG_COUNT: "1",
  GIT_CONFIG_KEY_0: "credential.helper",
  GIT_CONFIG_VALUE_0: ""
})

const sshOf = (
  { insecureIgnoreHostKey }: GitSource,
  secrets: string,
  key: string | undefined
): Readonly<Record<string, string>> => {
  const options = [
    "-o BatchMode=yes",
    ...(insecureIgnoreHostKey === true ? ["-o StrictHostKeyChecking=no", "-o UserKnownHostsFile=/dev/null"] : []),
    ...(key === undefined
      ? []
      : [`-o IdentitiesOnly=yes -i '${put(join(secrets, "key"), `${key.trimEnd()}\n`, 0o600)}'`])
  ]
  return key === undefined && insecureIgnoreHostKey !== true ? {} : { GIT_SSH_COMMAND: `ssh ${options.join(" ")}` }
}

const put = (file: string, text: string, mode: number): string => {
  mkdirSync(join(file, ".."), { recursive: true })
  writeFileSync(file, text, { mode })
  chmodSync(file, mode)
  return file
}
