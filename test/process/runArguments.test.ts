import { describe, expect, it } from "vitest"
import { SpawnFailed } from "../../src/process/Executor.ts"
import { type Container, runArguments } from "../../src/process/container/runArguments.ts"

const container = (command: Partial<Container["command"]> = {}, more: Partial<Container> = {}): Container => ({
  name: "n",
  owner: "o",
  mounts: [],
  init: false,
  script: undefined,
  ...more,
  command: { argv: [], env: {}, image: { name: "box", command: undefined, args: [] }, ...command }
})
const line = (...given: Parameters<typeof container>): string => runArguments(container(...given)).args.join(" ")
const always = "run --name n --label pinnace.owner=o --network host --log-driver none --security-opt label=disable"

describe("The command line that runs a container", () => {
  it("names the image last but for what the image is given", () => {
    expect(line()).toBe(`${always} --pull missing box`)
    const image = { name: "box", command: ["sh", "-c"], args: ["x", "y"], pull: "Always", user: "7:8" }
    expect(line({ image, workingDirectory: "/w" }, { script: "/s" })).toBe(
      `${always} --pull always --workdir=/w --user=7:8 --entrypoint=sh box -c x y /s`
    )
    expect(line({ image: { ...image, command: [], pull: "Never" } })).toContain("--pull never --user=7:8 box x y")
  })

  it("begins with an init where there is one", () => {
    expect(line({}, { init: true })).toBe(`${always} --pull missing --init box`)
  })

  it("mounts by source and target", () => {
    const mounts = [{ host: "/a:b", path: "/c d" }, { host: "/x", path: "/y", readonly: true }]
    expect(line({}, { mounts })).toContain(
      "--mount type=bind,source=/a:b,target=/c d --mount type=bind,source=/x,target=/y,readonly box"
    )
  })

  it("shows no value that the engine itself would not heed", () => {
    const env = { TOKEN: "a\nsecret", PATH: "/x", http_proxy: "p", DOCKER_HOST: "h", A: "" }
    const made = runArguments(container({ env }))
    const options = made.args.flatMap((it, at) => made.args[at - 1] === "--env" ? [it] : [])
    expect(options).toEqual(["TOKEN", "PATH=/x", "http_proxy=p", "DOCKER_HOST=h", "A"])
    expect(made.env).toEqual({ TOKEN: "a\nsecret", A: "" })
  })

  it.each([
    [{ image: undefined }, {}, "has no image"],
    [{ image: { name: "--privileged", command: undefined, args: [] } }, {}, "is not an image"],
    [{}, { mounts: [{ host: "/a", path: "/b,readonly" }] }, "commas"],
    [{}, { mounts: [{ host: '/a"', path: "/b" }] }, "commas"]
  ])("is refused for %j %j", (command, more, message) => {
    expect(() => line(command, more)).toThrow(SpawnFailed)
    expect(() => line(command, more)).toThrow(message)
  })
})
