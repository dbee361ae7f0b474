import { task } from "../../../mod.ts"
import { Busy } from "./parts.ts"

import * as Effect from "effect/Effect"

task("call", { run: () => Effect.fail(new Busy({ after: 5 })) })
