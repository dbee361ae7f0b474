import { task } from "../../../mod.ts"
import { Busy, NotFound } from "./parts.ts"

import * as Effect from "effect/Effect"

task("call", { errors: [NotFound], run: () => Effect.fail(new Busy({ after: 5 })) })
