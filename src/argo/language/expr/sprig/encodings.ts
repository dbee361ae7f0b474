/** Sprig's encodings, sums, paths and addresses. */
import { Buffer } from "node:buffer"
import { createHash } from "node:crypto"
import { posix } from "node:path"
import { asMap } from "../arguments.ts"
import { Refusal } from "../ExprError.ts"
import { parseJson, toJson } from "../json.ts"
import type { Value } from "../Value.ts"
import { type Functions, text } from "./values.ts"

const sum = (kind: string) => (value: Value | undefined) => createHash(kind).update(text(value)).digest("hex")

const adler32 = (value: string): number => {
  let [a, b] = [1, 0]
  for (const byte of Buffer.from(value)) [a, b] = [(a + byte) % 65_521, (b + (a + byte) % 65_521) % 65_521]
  return (b * 65_536 + a) >>> 0
}

const encodings: Functions = {
  toJson: (value) => toJson(value ?? null),
  toRawJson: (value) => toJson(value ?? null).replace(/\\u(003c|003e|0026)/g, (_, code) => fromCode(code)),
  fromJson: (value) => lenient(() => parseJson(text(value))),
  mustFromJson: (value) => parseJson(text(value)),
  b64enc: (value) => Buffer.from(text(value)).toString("base64"),
  b64dec: (value) => Buffer.from(text(value), "base64").toString("utf8"),
  b32enc: (value) => base32(Buffer.from(text(value))),
  b32dec: (value) => fromBase32(text(value)),
  sha1sum: sum("sha1"),
  sha256sum: sum("sha256"),
  sha512sum: sum("sha512"),
  adler32sum: (value) => String(adler32(text(value))),
  regexQuoteMeta: (value) => text(value).replace(/[\\.+*?()|[\]{}^$]/g, "\\$&")
}

const fromCode = (code: string): string => String.fromCharCode(Number.parseInt(code, 16))

const lenient = (work: () => Value): Value => {
  try {
    return work()
  } catch (error) {
    if (error instanceof Refusal) return null
    throw error
  }
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

const base32 = (bytes: Uint8Array): string => {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("")
  const digits = (bits.match(/.{1,5}/g) ?? []).map((five) => alphabet[Number.parseInt(five.padEnd(5, "0"), 2)]).join("")
  return digits.padEnd(Math.ceil(digits.length / 8) * 8, "=")
}

const fromBase32 = (written: string): string => {
  const digits = written.replace(/=+$/, "")
  if (/[^A-Z2-7]/.test(digits)) throw new Refusal("illegal base32 data")
  const bits = [...digits].map((digit) => alphabet.indexOf(digit).toString(2).padStart(5, "0")).join("")
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2))).toString("utf8")
}

const clean = (path: string): string => path === "" ? "." : posix.normalize(path).replace(/(?<=.)\/$/, "")

const base = (path: string): string => path === "" ? "." : posix.basename(path) || "/"

const extension = (path: string): string => {
  const dot = path.lastIndexOf(".")
  return dot < 0 || path.includes("/", dot) ? "" : path.slice(dot)
}

const pathFunctions: Readonly<Record<string, (path: string) => string | boolean>> = {
  base,
  dir: (path) => clean(path.slice(0, path.lastIndexOf("/") + 1)),
  ext: extension,
  clean,
  isAbs: (path) => path.startsWith("/")
}

/** The functions of paths, and the same of paths of this system's kind. */
const paths: Functions = Object.fromEntries(
  Object.entries(pathFunctions).flatMap(([name, work]) => {
    const callable = (value: Value | undefined) => work(text(value))
    return [[name, callable], [`os${name[0]!.toUpperCase()}${name.slice(1)}`, callable]]
  })
)

const urls: Functions = {
  urlParse: (value) => parsed(text(value)),
  urlJoin: (map) => joined((name) => text(asMap(map).get(name)))
}

const parsed = (url: string): Value => {
  const found = /^(?:([A-Za-z][\w+.-]*):)?(?:\/\/(?:([^@/?#]*)@)?([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(
    url
  )
  if (found === null) throw new Refusal(`unable to parse url: ${url}`)
  const [, scheme = "", userinfo = "", host, path = "", query = "", fragment = ""] = found
  const isOpaque = scheme !== "" && host === undefined && !path.startsWith("/")
  return new Map([
    ["scheme", scheme.toLowerCase()],
    ["host", host ?? ""],
    ["hostname", (host ?? "").replace(/:\d*$/, "").replace(/^\[|\]$/g, "")],
    ["path", isOpaque ? "" : path],
    ["query", query],
    ["opaque", isOpaque ? path : ""],
    ["fragment", fragment],
    ["userinfo", userinfo]
  ])
}

const joined = (part: (name: string) => string): string => {
  const [scheme, host, query, fragment, userinfo] = ["scheme", "host", "query", "fragment", "userinfo"].map(part)
  const path = part("path")
  const authority = host === "" && userinfo === "" ? "" : `//${userinfo === "" ? "" : `${userinfo}@`}${host}`
  const slash = authority !== "" && path !== "" && !path.startsWith("/") ? "/" : ""
  return [
    scheme === "" ? "" : `${scheme}:`,
    part("opaque") || authority + slash + path,
    query === "" ? "" : `?${query}`,
    fragment === "" ? "" : `#${fragment}`
  ].join("")
}

/** By name. */
export const encoded: Functions = { ...encodings, ...paths, ...urls }
