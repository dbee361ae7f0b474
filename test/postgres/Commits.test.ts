/** The queue before a server, and the numbers of changes; without a server. */
import { expect, it } from "vitest"
import { JournalError } from "../../src/journal/JournalError.ts"
import { Changes } from "../../src/postgres/Changes.ts"
import { Commits } from "../../src/postgres/Commits.ts"
import { event } from "../journal/JournalWorld.ts"

const turn = (run: () => void): void => void setImmediate(run)

it("drained() waits for what was queued before it, however much is queued meanwhile", async () => {
  let groups = 0
  const commits = new Commits({
    turn,
    commit: async () => {
      groups++
      commits.append([event(1, 1)], undefined)
    },
    committed: () => {},
    failed: () => {}
  })
  commits.append([event(1, 1)], undefined)
  await commits.drained()
  expect(groups).toBe(1)
  const error = new JournalError({ reason: "Io", message: "gone" })
  commits.fail(error)
  await expect(commits.drained()).rejects.toBe(error)
})

it("after a change of which nobody knows whether it was made, no other takes its number", async () => {
  const unreachable = new JournalError({ reason: "Io", message: "no answer" })
  let isThere = true
  const asked: Array<unknown> = []
  const changes = new Changes(
    {
      query: (_, values = []) => {
        asked.push(values[1])
        return isThere ? Promise.resolve([{ changed: { state: "new" } }]) : Promise.reject(unreachable)
      }
    },
    7,
    0
  )
  await changes.make("collect", [])
  isThere = false
  await expect(changes.make("collect", [])).rejects.toBe(unreachable)
  isThere = true
  await expect(changes.make("commit_group", [])).rejects.toBe(unreachable)
  expect(asked).toEqual([1, 2])
})
