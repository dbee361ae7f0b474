import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, it, onTestFinished } from "vitest"
import { changeText } from "../../src/cli/dev/listed.ts"
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

it("Only what was saved or removed is named, not what is imported or no longer imported by it", () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "pinnace-watch-")))
  const [app, helper] = [join(folder, "app.ts"), join(folder, "helper.ts")]
  const imports = 'import "./helper.ts"\n'
  writeFileSync(helper, "export {}\n")
  writeFileSync(app, imports)
  const watch = new Watch([app], () => {})
  onTestFinished(() => {
    watch.close()
    removeTree(folder)
  })
  /** What is said after something was done, without the folders. */
  const told = (act: () => void): string => {
    act()
    return changeText(watch.changed()).replaceAll(/\S*\/(\w+\.ts)/g, "$1")
  }
  expect(told(() => writeFileSync(app, "export {}\n"))).toBe("saved app.ts")
  expect(told(() => writeFileSync(app, imports))).toBe("saved app.ts")
  expect(told(() => rmSync(helper))).toBe("removed helper.ts")
  expect(told(() => writeFileSync(helper, "export {}\n"))).toBe("saved helper.ts")
  expect(told(() => rmSync(app))).toBe("removed app.ts")
  expect(told(() => writeFileSync(app, imports))).toBe("saved app.ts")
  expect(told(() => (writeFileSync(app, `${imports}export {}\n`), rmSync(helper)))).toBe(
    "saved app.ts · removed helper.ts"
  )
})
