/** Tokens: made of 256 random bits, compared in constant time, never shown in a query, a log or an error. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto"

/** A new token. */
export const newToken = (): string => randomBytes(32).toString("base64url")

/** The fewest characters of a token that somebody chose. */
export const TOKEN_MIN = 16

/**
 * Tells whose `Authorization` header this is: `Bearer TOKEN`, or `Basic` with the token as password (`curl -u
 * :TOKEN`).
 */
export const tokenCheck = (tokens: Readonly<Record<string, string>>) => {
  const known = Object.entries(tokens).map(([who, token]) => [who, digest(token)] as const)
  return (authorization: string | undefined): string | undefined => {
    const given = digest(tokenOf(authorization ?? ""))
    // All are compared, whichever fits: how long it takes says nothing.
    return known.filter(([, it]) => timingSafeEqual(it, given))[0]?.[0]
  }
}

const digest = (text: string): Uint8Array => createHash("sha256").update(text).digest()

const tokenOf = (authorization: string): string => {
  const [, scheme = "", value = ""] = /^(bearer|basic) +(\S+) *$/i.exec(authorization) ?? []
  if (scheme.toLowerCase() !== "basic") return value
  const text = Buffer.from(value, "base64").toString("utf8")
  return text.slice(text.indexOf(":") + 1)
}
