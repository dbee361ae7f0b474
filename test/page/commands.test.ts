/** The commands that the page shows: the command line reads each as it is meant, whatever names and texts are. */
import { parseArgs, type ParseArgsConfig } from "node:util"
import { describe, expect, it } from "vitest"
import { everywhere } from "../../src/cli/help.ts"
import { verbs } from "../../src/cli/table.ts"
import { commandOf, parametersOf } from "../../src/page/state/command.ts"
import { ofRun, ofSchedule, type Scheduled } from "../../src/page/state/commands.ts"

interface Read {
  readonly positionals: ReadonlyArray<string>
  readonly values: object
}

/** What the verb of a command is given. */
const read = async ([name, ...args]: ReadonlyArray<string>): Promise<Read> => {
  const { verb } = await verbs[name!]!.load()
  const options = { ...verb.options, ...everywhere } as ParseArgsConfig["options"] & object
  const { positionals, values } = parseArgs({ args, allowPositionals: true, options })
  expect(positionals.length).toBeGreaterThanOrEqual(verb.takes[0])
  expect(positionals.length).toBeLessThanOrEqual(verb.takes[1])
  return { positionals, values: { ...values } }
}

type Case = readonly [command: ReadonlyArray<string> | undefined, positionals: ReadonlyArray<string>, values: object]

const schedule = { kind: "schedule", name: "", workflow: "w", file: "f.yaml" } as unknown as Scheduled

/** Each command for a run, a node and a text. */
const casesOf = (run: string, node: string, text: string): ReadonlyArray<Case> => {
  const parameters = { parameters: { day: text } }
  const it = { ...schedule, name: run }
  const span = { from: 0, until: 60_000, parallelism: 2, rerun: "failed" } as const
  return [
    [ofRun.stop(run, text), [run], { message: text }],
    [ofRun.terminate(run, text, true), [run], { message: text, compensate: true }],
    [ofRun.terminate(run, "", false), [run], {}],
    [ofRun.suspend(run), [run], {}],
    [ofRun.resume(run), [run], {}],
    [ofRun.compensate(run), [run], {}],
    [ofRun.remove(run, true), [run], { force: true }],
    [ofRun.signal(run, node, undefined, false), [run, node], {}],
    [ofRun.signal(run, node, -5, false), [run, node, "-5"], {}],
    [ofRun.signal(run, node, { day: text }, true), [run, node], { "output-parameter": [`day=${text}`] }],
    [ofRun.retry(run, { nodes: [node], restartSuccessful: true }), [run], {
      node: [node],
      "restart-successful": true
    }],
    [ofRun.retry(run, {}, parameters), [run], { parameter: [`day=${text}`] }],
    [ofRun.resubmit(run, true, { input: text }), [run], { memoized: true, input: JSON.stringify(text) }],
    [ofRun.fork(run, node, parameters), [run, node], { parameter: [`day=${text}`] }],
    [commandOf(["run"], ["f.ts"], parametersOf({ [node]: text })), ["f.ts"], { parameter: [`${node}=${text}`] }],
    [commandOf(["locks", "set"], [node, "3"]), ["set", node, "3"], {}],
    [commandOf(["locks", "break"], [run, node]), ["break", run, node], {}],
    [commandOf(["export"], [run]), [run], {}],
    [ofSchedule.pause(it, text), ["pause", run], { message: text }],
    [ofSchedule.resume(it, true), ["resume", run], { "catch-up": true, file: "FILE" }],
    [ofSchedule.trigger(it), ["trigger", run], { file: "FILE" }],
    [ofSchedule.trigger({ ...it, kind: "cron" }), ["f.yaml"], { workflow: "w" }],
    [ofSchedule.stopBackfill(it, node, true), [run, node], { stop: true, runs: true }],
    [ofSchedule.backfill(it, span), [run], {
      file: "FILE",
      from: "1970-01-01T00:00Z",
      to: "1970-01-01T00:01Z",
      parallel: "2",
      rerun: "failed"
    }]
  ]
}

describe("the commands that the page shows", () => {
  const words = ["a", "-x", "--", "--force", "-1", "a b", "it's", "$HOME", "-p", "a=b", "--message=x", "ü\n"]

  it.each(words)("say what the dialogs do, also of a run %j", async (run) => {
    for (const node of words) {
      for (const text of words) {
        for (const [command, positionals, values] of casesOf(run, node, text)) {
          expect(await read(command!)).toEqual({ positionals, values })
        }
      }
    }
  })

  it("are none for what stands in a file", () => {
    const cron = { ...schedule, kind: "cron" } as const
    expect([ofSchedule.pause(cron, ""), ofSchedule.resume(cron, false)]).toEqual([undefined, undefined])
  })
})
