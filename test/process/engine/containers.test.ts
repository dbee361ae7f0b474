/** Commands and manifests in containers of real engines, one after the other. */
import { execFileSync, spawn } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs"
import { type AddressInfo, createServer } from "node:net"
import { hostname, tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { open as openPinnace, type Pinnace } from "../../../mod.ts"
import { load, type ManifestRun, viewRun } from "../../../src/argo/mod.ts"
import { containerExecutor } from "../../../src/process/container/containerExecutor.ts"
import { ownerLabel } from "../../../src/process/container/owner.ts"
import { lookAt, putText, readText, type Spot } from "../../../src/files/mod.ts"
import type { Command, Executor, Exited, Image, Mount, Workspace } from "../../../src/process/Executor.ts"
import { hasEngine, startEngine, type TestEngine } from "./TestEngine.ts"
import { removeTree } from "../../removeTree.ts"

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20))
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })

describe.each(["podman", "docker"] as const)("With a real %s", (name) => {
  describe.skipIf(!hasEngine(name))("(skipped where it is missing: run test/process/engine/install.sh as root)", () => {
    const folder = mkdtempSync(join(realpathSync(tmpdir()), "containers-"))
    let engine: TestEngine
    let executor: Executor
    let count = 0
    beforeAll(async () => {
      engine = await startEngine(name)
      executor = containerExecutor(name)
    })
    afterAll(async () => {
      executor?.close()
      await engine?.stop()
      removeTree(folder)
    })

    const containers = (): ReadonlyArray<string> => engine.ask("ps", "-aq").split("\n").filter((id) => id !== "")
    const open = (mounts: ReadonlyArray<Mount> = []): Workspace => executor.open(join(folder, `w${++count}`), mounts)
    const box = (more: Partial<Image> = {}): Image => ({ name: "localhost/box", command: undefined, args: [], ...more })
    const run = (image: Partial<Image>, more: Partial<Command> = {}, workspace = open()): Promise<Exited> =>
      Effect.runPromise(
        Effect.ensuring(workspace.run({ argv: [], env: {}, ...more, image: box(image) }), workspace.close)
      )
    const sh = (script: string, more: Partial<Command> = {}, workspace?: Workspace): Promise<Exited> =>
      run({ command: ["sh", "-c"], args: [script] }, more, workspace)

    it("runs the image's own command, with other arguments, or another command", async () => {
      expect(await run({})).toEqual({ code: 0, stdout: "entry default\n", cut: false, stderr: "" })
      expect((await run({ args: ["given"] })).stdout).toBe("entry given\n")
      expect((await run({ command: ["cat", "/etc/where"] })).stdout).toBe("image\n")
      expect((await run({ command: ["sh"] }, { script: "cat /etc/where; echo $0" })).stdout).toBe(
        "image\n/argo/staging/script\n"
      )
      expect(containers()).toEqual([])
    })

    it("passes environment, arguments, working directory and user as they are", async () => {
      const odd = "a b\n\"'$x\\ {{x}} é #,="
      const image = { command: ["sh", "-c", 'printf "%s|%s|%s|%s|%s" "$ODD" "$1" "$(pwd)" "$(id -u)" "$HTTP_PROXY"'] }
      const env = { ODD: odd, HTTP_PROXY: odd, PATH: "/bin:/nowhere" }
      const { stdout } = await run({ ...image, args: ["sh", odd], user: "1000" }, { env, workingDirectory: "/etc" })
      expect(stdout).toBe(`${odd}|${odd}|/etc|1000|${odd}`)
    })

    it("tells codes of a command from those of the engine", async () => {
      expect(await sh("echo out; echo err >&2; exit 3")).toEqual({
        code: 3,
        stdout: "out\n",
        cut: false,
        stderr: "err\n"
      })
      expect((await sh("exit 125")).code).toBe(125)
      expect((await sh("exit 127")).code).toBe(127)
      // Only where an init is the first process can a command kill itself.
      if (name === "docker") expect((await sh("kill -9 $$")).code).toBe(137)
      const failure = (image: Partial<Image>) =>
        Effect.runPromise(Effect.flip(open().run({ argv: [], env: {}, image: box(image) })))
      expect(await failure({ command: ["no-such-program"] })).toMatchObject({ notFound: true, system: false })
      const missing = await failure({ name: "localhost/no-such-image", pull: "Never" })
      expect(missing).toMatchObject({ notFound: false, system: true })
      expect(missing.message).toContain(`"${name} pull localhost/no-such-image"`)
      expect((await failure({ name: "--privileged" })).message).toContain("is not an image")
      expect(containers()).toEqual([])
    })

    it("shows mounts and what was placed, and fetches what is left, links seen from inside", async () => {
      const host = join(folder, `volume${++count}`)
      mkdirSync(host)
      symlinkSync("/etc", join(host, "out"))
      const workspace = open([{ host, path: "/data", shared: true }])
      for (const path of ["/data/in", "/opt/in", "/data/out/in"]) {
        putText(workspace.place(path), `${path}\n`)
      }
      expect(existsSync("/etc/in")).toBe(false)
      const script =
        "cat /data/in /opt/in /data/out/in; mkdir /left; echo made > /left/file; ln -s /etc/where /left/link; " +
        "ln -s /etc/where /link; echo shared > /data/made"
      const paths = ["/left", "/link", "/data/made", "/none"]
      const work = workspace.run({ argv: [], env: {}, image: box({ command: ["sh", "-c", script] }) })
      const { stdout } = await Effect.runPromise(Effect.tap(work, workspace.fetch(paths)))
      expect(stdout).toBe("/data/in\n/opt/in\n/data/out/in\n")
      expect(readFileSync(join(host, "made"), "utf8")).toBe("shared\n")
      const [left, link, made, none] = paths.map((path) => workspace.find(path)) as [Spot, Spot, Spot, Spot]
      expect([readText({ ...left, path: `${left.path}/file` }), lookAt(none)]).toEqual(["made\n", undefined])
      expect([readText(link), readText(made)]).toEqual(["image\n", "shared\n"])
      await Effect.runPromise(workspace.close)
      expect(workspace.own).toEqual([workspace.directory])
      expect(containers()).toEqual([])
    })

    it("lets every user of a container write to volumes of the run, but for those that it may only read", async () => {
      const host = join(folder, `volume${++count}`)
      mkdirSync(host, { mode: 0o755 })
      const work = { command: ["touch", "/data/x"], user: "1000" }
      expect((await run(work, {}, open([{ host, path: "/data", shared: true }]))).code).toBe(0)
      const readonly = open([{ host, path: "/data", shared: true, readonly: true }])
      expect((await run({ command: ["touch", "/data/y"] }, {}, readonly)).stderr).toContain("Read-only file system")
    })

    it("interruption asks, then kills, and the container is gone", async () => {
      const host = join(folder, `volume${++count}`)
      mkdirSync(host)
      const interrupted = async (script: string, grace: number) => {
        const workspace = open([{ host, path: "/data", shared: true }])
        const image = box({ command: ["sh", "-c", `${script}; touch /data/up; while :; do sleep 0.05; done`] })
        const fiber = Effect.runFork(workspace.run({ argv: [], env: {}, image, grace }))
        await until(() => existsSync(join(host, "up")))
        await Effect.runPromise(Fiber.interrupt(fiber))
        rmSync(join(host, "up"))
        expect(containers()).toEqual([])
      }
      await interrupted("trap 'echo bye > /data/bye; exit 0' TERM", 60_000)
      expect(readFileSync(join(host, "bye"), "utf8")).toBe("bye\n")
      await interrupted("trap '' TERM", 200)
    })

    it("leaves no container when this process is killed", async () => {
      const child = spawn(process.execPath, [
        join(import.meta.dirname, "../orphan.ts"),
        name,
        "",
        join(folder, `w${++count}`)
      ], {
        stdio: ["ignore", "pipe", "inherit"]
      })
      await new Promise((resolve) => child.stdout.once("data", resolve))
      expect(containers().length).toBe(1)
      child.kill("SIGKILL")
      await until(() => containers().length === 0)
    })

    it("removes what others left that are gone, and nothing else", async () => {
      const space = name === "podman" || process.platform === "linux"
        ? execFileSync("readlink", ["/proc/self/ns/pid"], { encoding: "utf8" }).replace(/\D/g, "")
        : ""
      const labelled = (...owner: ReadonlyArray<unknown>) =>
        engine.ask("create", "--network", "host", "--label", `${ownerLabel}=${owner.join(":")}`, "localhost/box").trim()
      labelled(hostname(), space, 2 ** 22 + 1, "", "x")
      labelled(hostname(), space, process.pid, "1", "x")
      const kept = [
        labelled(hostname(), space, process.ppid, "", "x"),
        labelled("elsewhere", space, 2 ** 22 + 1, "", "x"),
        labelled(hostname(), "1", 2 ** 22 + 1, "", "x"),
        engine.ask("create", "--network", "host", "localhost/box").trim()
      ]
      const next = containerExecutor(name)
      const workspace = next.open(join(folder, `w${++count}`), [])
      await Effect.runPromise(Effect.ensuring(workspace.run({ argv: [], env: {}, image: box() }), workspace.close))
      next.close()
      expect(containers().map((id) => kept.findIndex((it) => it.startsWith(id))).sort()).toEqual([0, 1, 2, 3])
      engine.ask("rm", ...kept)
    })

    describe("a manifest", () => {
      let pinnace: Pinnace
      beforeAll(async () => {
        pinnace = await openPinnace(":memory:")
      })
      afterAll(() => pinnace.close())
      const play = async (spec: string): Promise<ManifestRun> => {
        const text = `kind: Workflow\nmetadata: {name: wf}\nspec:\n${spec.replace(/^/gm, "  ")}`
        const run = await pinnace.start(load(text, { directory: folder, executor: name }), { parameters: {} })
        await run.ending()
        return Effect.runSync(viewRun(pinnace.engine, run.id))!
      }

      it("shares volumes, artifacts and the network between its containers", async () => {
        const image = "image: localhost/box"
        const port = await freePort()
        const mounts = "volumeMounts: [{name: v, mountPath: /v}]"
        const wait = (file: string) => `until test -f ${file}; do sleep 0.02; done`
        const run = await play(`entrypoint: main
volumes: [{name: v, emptyDir: {}}]
templates:
- name: main
  steps:
  - - {name: serve, template: serve}
    - {name: make, template: make}
  - - name: use
      template: use
      arguments: {artifacts: [{name: made, from: "{{steps.make.outputs.artifacts.made}}"}]}
    - {name: set, template: set}
    - {name: ask, template: ask, arguments: {parameters: [{name: ip, value: "{{steps.serve.ip}}"}]}}
- name: serve
  daemon: true
  container: {${image}, command: [sh, -c, "trap exit TERM; httpd -f -p 127.0.0.1:${port} -h /etc & wait"], readinessProbe: {httpGet: {path: /where, port: ${port}}}}
- name: ask
  inputs: {parameters: [{name: ip}]}
  container: {${image}, command: [wget, -q, -O, /tmp/got, "http://{{inputs.parameters.ip}}:${port}/where"]}
  outputs: {parameters: [{name: got, valueFrom: {path: /tmp/got}}]}
- name: make
  script: {${image}, command: [sh], source: "mkdir /made; cp /etc/where /made"}
  outputs: {artifacts: [{name: made, path: /made}]}
- name: use
  inputs: {artifacts: [{name: made, path: /given}]}
  securityContext: {runAsUser: 1000}
  initContainers: [{name: first, ${image}, command: [touch, /v/first], ${mounts}}]
  sidecars: [{name: beside, ${image}, command: [sh, -c, "trap exit TERM; touch /v/beside; sleep 600 & wait"], ${mounts}}]
  container: {${image}, command: [sh, -c, "${
          wait("/v/beside")
        }; id -u > /v/id; cat /given/where /v/id > /tmp/all; ls /v/first"], ${mounts}}
  outputs: {parameters: [{name: all, valueFrom: {path: /tmp/all}}]}
- name: set
  containerSet:
    containers:
    - {name: one, ${image}, command: [sh, -c, "echo from one > /v/one"], ${mounts}}
    - {name: main, ${image}, command: [cp, /v/one, /tmp/one], ${mounts}, dependencies: [one]}
    - {name: last, ${image}, command: [sh, -c, "echo from last > /v/last"], ${mounts}, dependencies: [main]}
  outputs: {parameters: [{name: one, valueFrom: {path: /tmp/one}}, {name: last, valueFrom: {path: /v/last}}]}`)
        if (run.phase !== "Succeeded") console.log(JSON.stringify(run.nodes.map((n) => [n.name, n.phase, n.message])))
        expect(run).toMatchObject({ phase: "Succeeded", message: "" })
        const values = run.nodes.flatMap(({ displayName, outputs }) =>
          (outputs.parameters ?? []).map((it) => [`${displayName}.${it.name}`, it.value])
        )
        expect(Object.fromEntries(values)).toEqual({
          "ask.got": "image",
          "use.all": "image\n1000",
          "set.one": "from one",
          "set.last": "from last"
        })
        expect(containers()).toEqual([])
      })

      it("lets a user of the container read Secrets and ConfigMaps, which others of this host do not reach", async () => {
        const before = process.umask(0o077)
        onTestFinished(() => void process.umask(before))
        const text = `kind: Workflow
metadata: {name: wf}
spec:
  entrypoint: main
  volumes:
  - {name: s, secret: {secretName: s, items: [{key: p, path: deep/p}]}}
  - {name: c, configMap: {name: c}}
  templates:
  - name: main
    securityContext: {runAsUser: 1000}
    script: {image: localhost/box, command: [sh], source: "cat /s/deep/p /c/k", volumeMounts: [{name: s, mountPath: /s}, {name: c, mountPath: /c}]}
---
kind: Secret
metadata: {name: s}
stringData: {p: hidden}
---
kind: ConfigMap
metadata: {name: c}
data: {k: shown}`
        const run = await pinnace.start(load(text, { directory: folder, executor: name }), { parameters: {} })
        await run.ending()
        expect(Effect.runSync(viewRun(pinnace.engine, run.id))!.nodes).toMatchObject([{
          message: "",
          outputs: { result: "hiddenshown" }
        }])
      })

      it("ends at its deadline, and says when an image cannot be had", async () => {
        const late = await play(`entrypoint: main
templates: [{name: main, activeDeadlineSeconds: 1, container: {image: localhost/box, command: [sh, -c, "trap exit TERM; sleep 600 & wait"]}}]`)
        expect(late.message).toBe("Pod was active on the node longer than the specified deadline")
        const none = await play(`entrypoint: main
templates: [{name: main, container: {image: localhost/none, imagePullPolicy: Never}}]`)
        expect(none).toMatchObject({ phase: "Error" })
        expect(none.message).toContain(`Try "${name} pull localhost/none"`)
        expect(containers()).toEqual([])
      })
    })
  })
})

describe("Before anything starts", () => {
  it.each(["podman", "docker"] as const)("says that %s is missing", (executor) => {
    const path = process.env["PATH"]
    process.env["PATH"] = "/nowhere"
    const text =
      "{kind: Workflow, metadata: {name: wf}, spec: {entrypoint: a, templates: [{name: a, container: {image: x}}]}}"
    try {
      expect(() => load(text, { executor })).toThrow(`There is no ${executor} in PATH (/nowhere): install it`)
    } finally {
      process.env["PATH"] = path
    }
  })

  it("says which container names no image", () => {
    const text =
      "kind: Workflow\nmetadata: {name: wf}\nspec:\n  entrypoint: a\n  templates:\n  - {name: a, container: {command: [x]}}"
    expect(() => load(text, { executor: "podman" })).toThrow("manifest.yaml:6:26: error: A container names no image")
    expect(load(text, { executor: "process" }).name).toBe("wf")
  })
})
