import { expect, it } from "vitest"
import { GroupCommit } from "../../src/journal/GroupCommit.ts"
import type { Append } from "../../src/journal/Append.ts"
import type { Write } from "../../src/journal/Journal.ts"
import { JournalError } from "../../src/journal/JournalError.ts"

const write = (length: number): Write => ({
  kind: "event",
  row: { run: 1, seq: 1, at: 1, type: "RunSuspended", path: null, data: "x".repeat(length) }
})

const locked = new JournalError({ reason: "Locked", message: "locked" })

/** A queue whose turns and delays happen when the test says so. */
const makeQueue = (commit: (group: ReadonlyArray<Append>) => void, tries?: number, elapsed?: () => number) => {
  const turns: Array<() => void> = []
  const delays: Array<number> = []
  const failures: Array<JournalError> = []
  const queue = new GroupCommit({
    turn: (run) => turns.push(run),
    later: (run, millis) => {
      delays.push(millis)
      turns.push(run)
    },
    commit,
    committed: () => {},
    failed: (error) => failures.push(error),
    tries,
    elapsed
  })
  const run = (): void => {
    for (let next = turns.shift(); next !== undefined; next = turns.shift()) next()
  }
  return { queue, run, delays, failures, turns }
}

it("GroupCommit counts event data as writes, so that large data makes small groups", () => {
  const sizes: Array<number> = []
  const { queue, run } = makeQueue((group) => sizes.push(group.length))
  for (let n = 0; n < 5; n++) queue.append([write(400_000)], undefined)
  for (let n = 0; n < 300; n++) queue.append([write(100)], undefined)
  queue.append([write(4_000_000)], undefined)
  run()
  expect(sizes).toEqual([2, 2, 103, 198, 1])
})

it("GroupCommit lets groups grow while they are quick, and makes them small again when one takes long", () => {
  let now = 0
  let cost = 0.01
  const sizes: Array<number> = []
  const { queue, run } = makeQueue(
    (group) => {
      sizes.push(group.length)
      now += 1 + group.length * cost
    },
    undefined,
    () => now
  )
  for (let n = 0; n < 4000; n++) queue.append([write(1)], undefined)
  run()
  // 12 ms are 1 for the commit and 1,100 writes at 0.01 each.
  expect(sizes).toEqual([200, 400, 800, 1066, 1097, 437])
  cost = 1
  sizes.length = 0
  for (let n = 0; n < 2000; n++) queue.append([write(1)], undefined)
  run()
  expect(sizes).toEqual([1099, 200, 200, 200, 200, 101])
})

it("GroupCommit sets one turn for all that is appended before it", () => {
  const { queue, turns } = makeQueue(() => {})
  for (let n = 0; n < 10; n++) queue.append([write(1)], undefined)
  expect(turns).toHaveLength(1)
})

it("GroupCommit tries a locked group again after growing delays, and keeps the order meanwhile", () => {
  let failures = 9
  const { queue, run, delays } = makeQueue(() => {
    if (failures-- > 0) throw locked
  })
  const answers: Array<number> = []
  queue.append([write(1)], () => {
    answers.push(1)
    queue.append([write(1)], () => answers.push(3))
  })
  queue.append([write(1)], () => answers.push(2))
  run()
  expect(delays).toEqual([5, 10, 20, 40, 80, 160, 320, 500, 500])
  expect(answers).toEqual([1, 2, 3])
})

it("GroupCommit fails all that is queued when storage stays locked", () => {
  const { queue, run, delays } = makeQueue(() => {
    throw locked
  }, 4)
  const answers: Array<unknown> = []
  for (let n = 0; n < 500; n++) queue.append([write(1)], (error) => answers.push(error))
  run()
  expect(delays).toHaveLength(3)
  expect(answers).toEqual(Array(500).fill(locked))
  expect(queue.failure).toBe(locked)
})

it("GroupCommit calls nobody back once it was abandoned, even by an answer", () => {
  const { queue, run } = makeQueue(() => {})
  const answers: Array<number> = []
  queue.append([write(1)], () => {
    answers.push(1)
    queue.abandon()
  })
  queue.append([write(1)], () => answers.push(2))
  run()
  queue.append([write(1)], () => answers.push(3))
  run()
  expect(answers).toEqual([1])
})

it("GroupCommit tells of nothing whose answer is still due, also where an answer stores more", () => {
  const order: Array<string> = []
  const told = (what: string) => () => void order.push(what)
  const queue: GroupCommit = new GroupCommit({
    turn: () => {},
    later: () => {},
    commit: (group) => void order.push(`stored ${group.length}`),
    committed: told("told"),
    failed: () => {}
  })
  queue.append([write(1)], () => {
    queue.append([write(1)], told("second"))
    queue.flush()
    order.push("first")
  })
  queue.flush()
  expect(order).toEqual(["stored 1", "stored 1", "first", "second", "told"])
})

it("GroupCommit tells once that storage failed, after the answers, so that whoever only reads finds out", () => {
  const order: Array<string> = []
  const { failures, queue, run } = makeQueue(() => {
    throw new JournalError({ reason: "Io", message: "gone" })
  })
  queue.append([write(1)], (error) => order.push(`${error?.reason}, told ${failures.length} times`))
  run()
  queue.append([write(1)], (error) => order.push(`${error?.reason}, told ${failures.length} times`))
  run()
  expect(order).toEqual(["Io, told 0 times", "Io, told 1 times"])
  expect(failures.map(({ message }) => message)).toEqual(["gone"])
})
