/** Directories that are shown file by file: what a link of theirs leads to outside is not shown. */
import { mkdir, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import type { ArtifactBytes } from "../../../src/engine/artifacts/bytes.ts"
import type { ArtifactView } from "../../../src/run/view.ts"
import { unpacked } from "../../../src/server/argo/unpacked.ts"

it("finds files and links within, and nothing beside or above", async () => {
  const restore = (_: unknown, __: unknown, root: string) =>
    Effect.promise(async () => {
      await mkdir(join(root, "in"), { recursive: true })
      await writeFile(join(root, "in/a.txt"), "inner")
      await writeFile(`${root}x`, "beside")
      await symlink("in/a.txt", join(root, "near"))
      await symlink("/etc/passwd", join(root, "out"))
      await symlink("/etc", join(root, "away"))
      await symlink("../itx", join(root, "beside"))
      await symlink("nowhere", join(root, "broken"))
    })
  const bytes = { mover: { restore }, store: {} } as unknown as ArtifactBytes
  const ask = async (rest: string) => {
    const response = await unpacked({ pathname: `/x/${rest}`, rest }, bytes, {} as ArtifactView)
    return [response.status, await response.text()] as const
  }
  expect(await ask("near")).toEqual([200, "inner"])
  expect(await ask("in/a.txt")).toEqual([200, "inner"])
  for (const rest of ["out", "away/", "away/passwd", "beside", "broken", "..", "in/../../itx"]) {
    expect(await ask(rest), rest).toEqual([404, expect.stringContaining("there is no")])
  }
})
