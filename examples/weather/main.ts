/** `npm start`: the pipeline over the weather of Seattle. `npm start -- --crash`: the same, killed in the middle. */
import { resolve } from "node:path"
import { parseArgs } from "node:util"
import { crash } from "./crash.ts"
import { execute } from "./execute.ts"

const { values } = parseArgs({
  options: {
    crash: { type: "boolean", default: false },
    folder: { type: "string", default: "pinnace-demo" },
    pace: { type: "string", default: "1" }
  }
})
const demo = { folder: resolve(values.folder), pace: Number(values.pace) }

await (values.crash ? crash(demo) : execute(demo))
