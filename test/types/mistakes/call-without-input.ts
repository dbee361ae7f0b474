import { task } from "../../../mod.ts"
import { fetchPage } from "./parts.ts"

task("crawl", { run: async (_, context) => (await context.call("page", fetchPage)).status })
