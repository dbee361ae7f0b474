/** What a process hears of others through its socket, with the file and the locks replaced by answers of the test. */
import { once } from "node:events"
import { connect } from "node:net"
import { join } from "node:path"
import { expect, onTestFinished, test } from "vitest"
import { Doorbell } from "../../src/sqlite/Doorbell.ts"
import { makeDirectory } from "./Child.ts"

const nothing = () => {}

/** A doorbell that no other process is near. */
const alone = (address: string): Doorbell => {
  const calls = { commands: nothing, granted: nothing, freed: nothing, foreign: nothing, died: nothing }
  const doorbell = new Doorbell({
    self: 1,
    address,
    addressOf: () => undefined,
    others: () => [],
    isAlive: () => false,
    ...calls
  })
  onTestFinished(() => doorbell.close())
  return doorbell
}

test.each([
  ["lines without an end", "x".repeat(1_000)],
  ["words that are none of ours", "hello\n"],
  ["one name after the other", "h 2\nh 3\n"],
  ["a name that is no number", "h __proto__\n"]
])("Who sends %s is hung up on", async (_, text) => {
  const address = join(makeDirectory(), "1.sock")
  alone(address)
  const socket = connect(address)
  socket.on("error", nothing).resume().write(text)
  await once(socket, "close")
})

test("Who asks for answers and does not read them is hung up on before they fill the memory", async () => {
  const address = join(makeDirectory(), "1.sock")
  alone(address)
  const socket = connect(address).on("error", nothing).pause()
  const closed = new Promise((resolve) => socket.once("close", resolve))
  const flood = (): void => {
    while (!socket.destroyed && socket.write("n\n".repeat(10_000)));
  }
  socket.on("drain", flood)
  flood()
  await closed
})

test("A process that dies before it has said who it is, is noticed as the one that cannot be reached", async () => {
  const directory = makeDirectory()
  const address = join(directory, "1.sock")
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

test("Who has not said its name yet hears, too, that there is somebody to be told of commits", async () => {
  const address = join(makeDirectory(), "1.sock")
  const doorbell = alone(address)
  const socket = connect(address).on("error", nothing).setEncoding("latin1")
  onTestFinished(() => void socket.destroy())
  let heard = ""
  const hears = async (text: string): Promise<void> => {
    while (!heard.includes(text)) heard += (await once(socket, "data"))[0]
  }
  await hears("h 1\n")
  const unwatch = doorbell.watch()
  await hears("w\n")
  unwatch()
  await hears("u\n")
})
