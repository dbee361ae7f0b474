/** What `npm ci` does in a clone: builds what `npx pinnace` runs. Who leaves out what building needs wants no build. */
import { existsSync } from "node:fs"

if (existsSync(new URL("../node_modules/typescript", import.meta.url))) await import("./build.ts")
