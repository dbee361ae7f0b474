/** The headers that tell a browser what an answer may do. */

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data: blob:",
  "worker-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join("; ")

/** What a page or an answer of ours may do: load what is ours, talk to us, and nothing else. */
export const securityHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": policy,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin"
}

/**
 * What a file that somebody's workflow made may do: show itself, with its own scripts if they are wanted, in an origin
 * of its own that can reach nothing.
 */
export const sandboxPolicy = (scripts: boolean): string =>
  [
    `sandbox${scripts ? " allow-scripts" : ""}`,
    "default-src 'none'",
    ...(scripts ? ["script-src 'unsafe-inline'"] : []),
    "style-src 'unsafe-inline'",
    "img-src data: blob:",
    "font-src data:",
    "form-action 'none'",
    "base-uri 'none'"
  ].join("; ")

const methods = "GET, HEAD, POST, PUT, DELETE"

/** What lets a page of an allowed origin read an answer. */
export const originHeaders = (origin: string): Readonly<Record<string, string>> => ({
  "access-control-allow-origin": origin,
  "access-control-allow-methods": methods,
  "access-control-allow-headers": "authorization, content-type",
  "access-control-max-age": "600",
  "cross-origin-resource-policy": "cross-origin",
  vary: "Origin"
})
