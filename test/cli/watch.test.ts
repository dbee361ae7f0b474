import { mkdtempSync, realpathSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, it, onTestFinished } from "vitest"
import { Watch } from "../../src/cli/dev/Watch.ts"
import { removeTree } from "../removeTree.ts"

it("What is written beside the files that are watched is told from a save of one of them", async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "pinnace-watch-")))
  const file = join(folder, "app.ts")
  writeFileSync(file, "export const a = 1\n")
  let heard: (isOwn: boolean) => void = () => {}
  const watch = new Watch([file], (isOwn) => heard(isOwn))
  onTestFinished(() => {
    watch.close()
    removeTree(folder)
  })
  const wrote = (name: string, text: string): Promise<boolean> =>
    new Promise((resolve) => {
      heard = resolve
      writeFileSync(join(folder, name), text)
    })
  expect(await wrote("dev.log", "a line\n")).toBe(false)
  expect(watch.changed()).toEqual([])
  expect(await wrote("app.ts", "export const a = 1\n")).toBe(true)
  expect(watch.changed()).toEqual([])
  expect(await wrote("app.ts", "export const a = 2\n")).toBe(true)
  expect(watch.changed()).toEqual([file])
})
