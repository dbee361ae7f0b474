/** Runs that are left to others: to a background process, or to an app that has the state file open. */
import { readdirSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Cli } from "./Cli.ts"

const library = join(import.meta.dirname, "../../mod.ts")
const greeter = join(import.meta.dirname, "programs/greeter.ts")

/** `wait` waits until it is stopped, or until the file "enough" is there when it begins. */
const flow = `
import { existsSync } from "node:fs"
import { task, workflow } from ${JSON.stringify(library)}
const wait = task("wait", {
  run: (_, { log, signal }) => {
    log("waiting")
    if (existsSync("enough")) return "done"
    return new Promise<string>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)))
  }
})
export const endless = workflow("endless", {}, (w) => {
  w.onExit((_, { log }) => log("cleaned up"))
  return w.node("wait", wait)
})
`
const manifest = (text: string) =>
  `kind: Workflow\nmetadata: {name: hello}\nspec:\n  entrypoint: main\n  templates:\n  - {name: main, script: {command: [sh], source: "${text}"}}\n`

let cli: Cli
const pids: Array<number> = []
beforeAll(() => {
  cli = new Cli()
  cli.file("flow.ts", flow)
  cli.file("long.yaml", manifest("sleep 600").replaceAll("hello", "long"))
})
afterAll(() => {
  for (const pid of pids.filter(isAlive)) process.kill(pid, "SIGKILL")
  cli?.remove()
})

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Uses a verb that leaves its run; answers the run and the process that has it. */
const leave = async (...args: ReadonlyArray<string>) => {
  const { code, err, out } = await cli.run([...args, "-o", "json"])
  expect([code, err]).toEqual([0, ""])
  const left = JSON.parse(out) as { readonly id: string; readonly pid: number }
  pids.push(left.pid)
  return left
}

/** Ends a process; for a moment after this its lock is still held, and nobody has to wait for that. */
const kill = (pid: number): void => void process.kill(pid, "SIGKILL")

const until = async (text: string, id: string): Promise<void> => {
  const watching = cli.start(["watch", id])
  await watching.seen(text)
  watching.child.kill("SIGINT")
  await watching.done
}

describe("submit", () => {
  it("returns while the run goes on, and every verb reaches it", async () => {
    const { code, err, out } = await cli.run(["submit", "flow.ts", "--id", "left-1"])
    expect([code, err]).toEqual([0, ""])
    const [, pid] = /^left-1 runs in the background, in process (\d+)\n/.exec(out)!
    pids.push(Number(pid))
    expect(out).toContain(`  pinnace watch left-1 --db ${cli.db}`)
    await until("● wait Running", "left-1")
    const watching = cli.start(["logs", "-f", "left-1"])
    await watching.seen("waiting")
    expect((await cli.run(["stop", "left-1"])).code).toBe(0)
    expect((await watching.done).out).toBe("wait: waiting\n.onExit: cleaned up\n")
    expect((await cli.run(["wait", "left-1"])).code).toBe(1)
  })

  it("takes nothing that the module of a workflow prints for the run", async () => {
    cli.file("loud.ts", `console.log("loading settings")\n${flow}`)
    const { id } = await leave("submit", "loud.ts", "--id", "loud-1")
    expect(id).toBe("loud-1")
    await cli.run(["terminate", "loud-1"])
  })

  it("whose process is killed goes on with resume, in the background again", async () => {
    const left = await leave("submit", "flow.ts", "--id", "left-2")
    await until("● wait Running", "left-2")
    kill(left.pid)
    const again = await leave("resume", "left-2", "--detach")
    expect(again.id).toBe("left-2")
    expect(again.pid).not.toBe(left.pid)
    await until("● wait Running", "left-2")
    kill(again.pid)
    cli.file("enough", "")
    expect(await cli.run(["resume", "left-2"])).toMatchObject({
      code: 0,
      out: expect.stringContaining("✔ left-2 Succeeded")
    })
  })

  it("follows, waits or shows the log when asked, with the exit code of the run", async () => {
    cli.file("bad.yaml", manifest("echo hi; exit 3"))
    const open = await leave("submit", "long.yaml", "--id", "long-1")
    await until("long Running", open.id)
    expect((await cli.run(["resume", "long-1"])).out).toBe("Nothing in run long-1 is suspended\n")
    expect((await cli.run(["why", "long-1"])).out).toBe("long: it is running (attempt 1)\n")
    expect((await cli.run(["export", "long-1", "long.tgz"])).err).toContain("it is Running, wait for its end")
    const forked = await leave("fork", "long-1", "long", "--detach")
    expect((await cli.run(["terminate", "long-1", forked.id])).code).toBe(0)
    expect((await cli.run(["resume", "long-1"])).code).toBe(1)
    expect(await cli.run(["submit", "bad.yaml", "--wait", "--id", "bad-1"])).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^bad-1\nbad-1 Failed at /)
    })
    expect((await cli.run(["submit", "bad.yaml", "--watch"])).out).toContain(
      "✖ hello Failed: main: Error (exit code 3)"
    )
    expect((await cli.run(["submit", "bad.yaml", "--log"])).out).toMatch(/^hello: hi\nhello-\w+ Failed at /)
  })

  it("keeps a manifest from standard input, so that the run can be done again", async () => {
    const started = cli.start(["submit", "-", "--wait", "--id", "in-1"])
    started.child.stdin!.write(manifest("echo from the pipe"))
    expect((await started.end()).code).toBe(0)
    expect((await cli.run(["resubmit", "in-1"])).code).toBe(0)
    expect(readdirSync(`${cli.db}.files/submitted`)).toHaveLength(1)
  })

  it("says what is wrong before anything is left", async () => {
    const wrong: ReadonlyArray<readonly [args: ReadonlyArray<string>, says: string]> = [
      [["none.yaml"], "Cannot read"],
      [["flow.ts", "--workflow", "endles"], 'Did you mean "endless"?'],
      [["flow.ts", "--db", ":memory:"], "needs a state file"],
      [["flow.ts", "-o", "tree"], "choose name or json"]
    ]
    for (const [args, says] of wrong) {
      const { code, err, out } = await cli.run(["submit", ...args])
      expect([code, out], args.join(" ")).toEqual([64, ""])
      expect(err).toContain(says)
    }
  })

  it("of an app's own workflow starts the app again, with the words before its command line", async () => {
    const env = { PINNACE_DB: cli.db }
    const { code, out } = await cli.spawn([greeter, "submit", "greet", "-p", "name=Ada", "--wait"], env).done
    expect([code, out]).toEqual([0, expect.stringMatching(/ Succeeded at /)])
    const under = await cli.spawn([greeter, "flows", "submit", "greet", "-p", "name=Ada", "--wait"], env).done
    expect([under.code, under.out]).toEqual([0, expect.stringMatching(/ Succeeded at /)])
    const own = await cli.spawn([greeter, "fixed"], env).done
    expect([own.code, own.err]).toEqual([64, expect.stringContaining("cannot start itself in the background")])
  })

  it("with --leave is executed by the app that has the state file open", async () => {
    const app = cli.program("app.ts")
    await app.seen("ready")
    const left = await cli.run(["submit", join(import.meta.dirname, "programs/fixed.ts"), "--leave", "--id", "app-1"])
    expect(left).toMatchObject({ code: 0, err: "", out: expect.stringContaining('with workflow "fail"') })
    // The definition of the app fails, that of the file would not.
    expect((await cli.run(["wait", "app-1"])).out).toMatch(/^app-1 Failed at /)
    await app.end()
  })
})

describe("--detach", () => {
  it("leaves what retry, resubmit and fork execute to a background process", async () => {
    const once = manifest("exit {{workflow.parameters.code}}").replaceAll("hello", "once")
    cli.file("once.yaml", `${once}  arguments: {parameters: [{name: code, value: "1"}]}\n`)
    const failed = await leave("submit", "once.yaml", "--id", "once-1")
    expect((await cli.run(["wait", failed.id])).code).toBe(1)
    expect((await leave("retry", "once-1", "--detach", "-p", "code=0")).id).toBe("once-1")
    expect((await cli.run(["wait", "once-1"])).code).toBe(0)
    const { id } = await leave("resubmit", "once-1", "--detach")
    expect(id).not.toBe("once-1")
    const forked = await leave("fork", "once-1", "once", "--detach")
    expect((await cli.run(["wait", id, forked.id])).code).toBe(0)
  })
})
