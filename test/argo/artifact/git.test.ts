import { execFileSync } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { lint } from "../../../src/argo/mod.ts"
import { outcome, Play } from "./Play.ts"

const play = new Play()
const repo = join(play.folder, "repo.git")
const work = join(play.folder, "work")

const git = (...args: ReadonlyArray<string>): string =>
  execFileSync("git", ["-C", work, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim()

const commit = (text: string): string => {
  writeFileSync(join(work, "file"), text)
  git("add", "file")
  git("commit", "--quiet", "--message", text)
  return git("rev-parse", "HEAD")
}

let first = ""
beforeAll(() => {
  // Nobody's own configuration; a module from a path is allowed here only.
  const settings = {
    "user.name": "a",
    "user.email": "a@b.c",
    "init.defaultBranch": "main",
    "protocol.file.allow": "always"
  }
  vi.stubEnv("GIT_CONFIG_GLOBAL", join(play.folder, "gitconfig"))
  vi.stubEnv("GIT_CONFIG_SYSTEM", "/dev/null")
  for (const [name, value] of Object.entries(settings)) execFileSync("git", ["config", "--global", name, value])
  const module = join(play.folder, "module")
  for (const folder of [work, module]) {
    mkdirSync(folder)
    execFileSync("git", ["init", "--quiet", folder])
  }
  writeFileSync(join(module, "inner"), "from the module")
  for (const args of [["add", "."], ["commit", "--quiet", "--message", "m"]]) {
    execFileSync("git", ["-C", module, ...args])
  }
  first = commit("one")
  git("tag", "v1")
  git("submodule", "--quiet", "add", module, "module")
  commit("two")
  git("checkout", "--quiet", "-b", "side", "v1")
  commit("side")
  git("push", "--quiet", work, "HEAD:refs/pull/7/head")
  git("checkout", "--quiet", "main")
  execFileSync("git", ["clone", "--quiet", "--mirror", work, repo])
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await play.close()
})

describe("An input artifact from git", () => {
  const from = (more = "") => `git: {repo: "file://${repo}"${more}}`
  const read = async (more: string, script = "cat in/file") => outcome(await play.input(from(more), script))

  it("is a working copy of the default branch, with its submodules", async () => {
    expect(await read("", "cat in/file in/module/inner; git -C in log --oneline | wc -l")).toBe("twofrom the module2")
    expect(await read(", disableSubmodules: true", "ls in/module | wc -l")).toBe("0")
  })

  it("is a branch, a tag, or any commit", async () => {
    expect(await read(", revision: side")).toBe("side")
    expect(await read(", branch: side, singleBranch: true", "cat in/file; git -C in branch -r | wc -l")).toBe("side1")
    expect(await read(", revision: v1")).toBe("one")
    expect(await read(`, revision: "${first}"`)).toBe("one")
    expect(await read(`, depth: 1, revision: "${first}"`, "cat in/file; git -C in rev-parse --is-shallow-repository"))
      .toBe("onetrue")
  })

  it("is as deep as it is wanted, with further refs", async () => {
    expect(await read(", depth: 1", "git -C in log --oneline | wc -l")).toBe("1")
    expect(await read(', fetch: ["refs/pull/7/head:refs/remotes/pull/7"], revision: refs/remotes/pull/7')).toBe("side")
  })

  it("says what git says when there is no such thing", async () => {
    expect(await read(", revision: none")).toContain("git checkout of file://")
    const none = await play.input('git: {repo: "https://ann:secret@127.0.0.1:1/x.git"}', "true")
    expect(none.phase).toBe("Error")
    expect(none.message).toContain("git clone of https://***@127.0.0.1:1/x.git: ")
    expect(none.message).not.toContain("secret")
  })

  it("is asked for with the credentials of secrets", async () => {
    const seen: Array<string | undefined> = []
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization)
      response.writeHead(401, { "www-authenticate": "Basic realm=x" }).end()
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    const { port } = server.address() as AddressInfo
    const names = "usernameSecret: {name: s, key: u}, passwordSecret: {name: s, key: p}"
    const secret = '---\nkind: Secret\nmetadata: {name: s}\nstringData: {u: ann, p: "x\'$y"}\n'
    await play.input(`git: {repo: "http://127.0.0.1:${port}/x.git", ${names}}`, "true", secret)
    server.close()
    expect(seen).toEqual([undefined, `Basic ${btoa("ann:x'$y")}`])
  })

  it("gives its credentials to no other host that it is led to", async () => {
    const seen: Array<string> = []
    const server = createServer((request, response) => {
      seen.push(`${request.headers.host} ${request.headers.authorization ?? "nobody"}`)
      const path = request.url ?? ""
      if (!path.startsWith("/away")) response.writeHead(401, { "www-authenticate": "Basic realm=x" }).end()
      else response.writeHead(302, { location: `http://localhost:${port}${path.replace("/away", "/x")}` }).end()
    })
    await new Promise<void>((resolve) => server.listen(0, resolve))
    const { port } = server.address() as AddressInfo
    const names = "usernameSecret: {name: s, key: u}, passwordSecret: {name: s, key: p}"
    const secret = "---\nkind: Secret\nmetadata: {name: s}\nstringData: {u: ann, p: x}\n"
    await play.input(`git: {repo: "http://127.0.0.1:${port}/away.git", ${names}}`, "true", secret)
    server.close()
    expect(seen).toEqual([`127.0.0.1:${port} nobody`, `localhost:${port} nobody`])
  })

  it.each([
    ['repo: "--upload-pack=touch {}/made"'],
    ['repo: "ext::sh -c touch% {}/made"'],
    ['repo: "file://{repo}", revision: "--orphan=x"'],
    ['repo: "file://{repo}", branch: "-x"'],
    ['repo: "file://{repo}", fetch: ["--upload-pack=touch {}/made"]']
  ])("is refused before anything starts when git would read %s otherwise", (source) => {
    const text = `kind: Workflow
metadata: {name: wf}
spec:
  entrypoint: main
  templates:
  - name: main
    inputs: {artifacts: [{name: in, path: /in, git: {${source}}}]}
    container: {command: [x]}`
    const [issue] = lint([{ name: "wf", text }])
    expect(issue).toMatchObject({ severity: "error", code: "artifact", line: 7 })
  })

  it("is refused at its node when a parameter makes it so", async () => {
    const run = await play.run(`entrypoint: main
arguments: {parameters: [{name: r, value: "--upload-pack=touch ${play.folder}/made"}]}
templates:
- name: main
  inputs: {artifacts: [{name: in, path: /in, git: {repo: "{{workflow.parameters.r}}"}}]}
  container: {command: ["true"]}`)
    expect(run).toMatchObject({ phase: "Error" })
    expect(run.message).toContain("git would read it as an option")
  })
})
