import { every, schedule, task, workflow } from "../../../mod.ts"

const plain = workflow("plain", {}, (w) => w.node("n", task("n", { run: () => 1 })))
schedule("hourly", every("1 hour"), plain, { overlap: "never" })
