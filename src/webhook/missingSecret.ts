/** Says early that a webhook will not be delivered, since what it is to be signed with is not there. */
import process from "node:process"
import type { Engine } from "../engine/Engine.ts"
import type { Webhook } from "./Webhook.ts"

/** Why a request cannot be signed. */
export const missing = (secret: string): string => `there is no secret "${secret}": set $${secret}`

/**
 * Warns where a webhook is set up, as runtimes warn: nothing that concerns a webhook keeps an app from opening. A
 * provider that fails may answer later; that is told where the message waits.
 */
export const warnUnsigned = ({ host: { secrets } }: Engine, { secret, url }: Webhook): void => {
  if (secret === undefined) return
  // The provider may throw at once, too.
  Promise.resolve().then(() => secrets(secret)).then((key) => {
    if (key !== undefined) return
    process.emitWarning(`${new URL(url).host}: ${missing(secret)}`, { type: "PinnaceWebhook" })
  }).catch(() => {})
}
