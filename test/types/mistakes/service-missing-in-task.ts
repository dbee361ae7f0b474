import { task } from "../../../mod.ts"
import { Db } from "./parts.ts"

import * as Effect from "effect/Effect"

task("count", { run: () => Effect.flatMap(Db, (db) => db.count) })
