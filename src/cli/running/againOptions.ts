/** The options of verbs that run again what has ended. */
import { cacheOption } from "../arguments/cacheOption.ts"
import { fileOption, inputOptions } from "../arguments/definitionOptions.ts"
import { outputOption } from "../arguments/outputOption.ts"
import type { Options } from "../Verb.ts"
import { detachOption, waitOption } from "./detach.ts"
import { logOption } from "./execute.ts"
import { followFormats } from "./follow.ts"

/** With another definition or input, here or in the background. */
export const againOptions: Options = {
  ...fileOption,
  ...inputOptions,
  cache: cacheOption,
  detach: detachOption,
  wait: waitOption,
  log: logOption,
  output: outputOption(followFormats)
}
