/** What a process hears of others through its socket, with the file and the locks replaced by answers of the test. */
import { once } from "node:events"
import { connect } from "node:net"
import { join } from "node:path"
import { expect, onTestFinished, test } from "vitest"
import { Doorbell } from "../../src/sqlite/Doorbell.ts"
import { makeDirectory } from "./Child.ts"

test("A process that dies before it has said who it is, is noticed as the one that cannot be reached", async () => {
  const directory = makeDirectory()
  const address = join(directory, "1.sock")
  const nothing = () => {}
  const died = Promise.withResolvers<number>()
  const doorbell = new Doorbell({
    self: 1,
    address,
    addressOf: (process) => join(directory, `${process}.sock`),
    others: () => [2],
    isAlive: () => false,
    commands: nothing,
    granted: nothing,
    freed: nothing,
    foreign: nothing,
    died: died.resolve
  })
  onTestFinished(() => doorbell.close())
  const dying = connect(address)
  await once(dying, "connect")
  dying.destroy()
  expect(await died.promise).toBe(2)
})
