import * as Effect from "effect/Effect"
import { BadArgument } from "../document/BadArgument.ts"
import { messageFrom } from "../document/messageFrom.ts"

/** Work on this host's files, whose failures are told as they are. */
export const onHost = <A>(work: () => A | Promise<A>): Effect.Effect<A, BadArgument> =>
  Effect.tryPromise({ try: async () => await work(), catch: (error) => new BadArgument(messageFrom(error)) })
