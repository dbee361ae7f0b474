/** Which place of a stack is the author's, however the engine was built. */
import { expect, it } from "vitest"
import { ownFrame } from "../../src/run/frame.ts"

const stack = (...files: ReadonlyArray<string>): string =>
  `Error: no\n${
    files.map((file, at) => `    at ${at % 2 === 0 ? `run (${file}:${at + 1}:5)` : `async ${file}:${at + 1}:5`}`).join(
      "\n"
    )
  }`
const sources = "file:///lib/pinnace/src/run/frame.ts"
const built = "file:///lib/pinnace/dist/src/run/frame.js"
const binary = "file:///$bunfs/root/pinnace"
const app = "file:///srv/app/bundle.js"

const table: ReadonlyArray<
  readonly [why: string, here: string, files: ReadonlyArray<string>, place: string | undefined]
> = [
  ["sources", sources, ["node:internal/x", "/lib/pinnace/src/engine/body.ts", "/me/flow.ts"], "/me/flow.ts:3:5"],
  ["the built package", built, ["/lib/pinnace/dist/src/engine/body.js", "file:///me/flow.ts"], "/me/flow.ts:2:5"],
  ["a library", sources, ["/me/node_modules/pg/index.js", "/me/flow.ts"], "/me/flow.ts:2:5"],
  ["a binary that loads the author's module", binary, ["/$bunfs/root/pinnace", "/me/flow.ts"], "/me/flow.ts:2:5"],
  ["an app in one file with the engine", app, ["node:net", "file:///srv/app/bundle.js"], "/srv/app/bundle.js:2:5"],
  ["a path with a space", sources, ["file:///me/my%20flows/a.ts"], "/me/my flows/a.ts:1:5"],
  ["only the engine", sources, ["/lib/pinnace/src/engine/body.ts"], undefined]
]

it.each(table)("%s", (_, here, files, place) => expect(ownFrame(stack(...files), here)).toBe(place))
