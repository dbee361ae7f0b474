/**
 * Sprig's functions that chance decides, and those that encrypt.
 * An expression that is evaluated again gives something else.
 */
import { Buffer } from "node:buffer"
import { createCipheriv, createDecipheriv, randomBytes, randomInt, randomUUID } from "node:crypto"
import { asWhole } from "../arguments.ts"
import type { Budget } from "../Budget.ts"
import { Refusal } from "../ExprError.ts"
import { type Functions, text } from "./values.ts"

const [digits, small] = ["0123456789", "abcdefghijklmnopqrstuvwxyz"]
const letters = small + small.toUpperCase()
const printable = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).join("")

const key = (password: string): Buffer => {
  const made = Buffer.alloc(32)
  Buffer.from(password).copy(made)
  return made
}

const decrypted = (password: string, written: string): string => {
  const bytes = Buffer.from(written, "base64")
  try {
    const cipher = createDecipheriv("aes-256-cbc", key(password), bytes.subarray(0, 16))
    return Buffer.concat([cipher.update(bytes.subarray(16)), cipher.final()]).toString("utf8")
  } catch {
    throw new Refusal("decryptAES: the text was not encrypted with this password")
  }
}

const encrypted = (password: string, plain: string): string => {
  const begin = randomBytes(16)
  const cipher = createCipheriv("aes-256-cbc", key(password), begin)
  return Buffer.concat([begin, cipher.update(plain, "utf8"), cipher.final()]).toString("base64")
}

const shuffled = (value: string): string => {
  const all = [...value]
  for (let at = all.length - 1; at > 0; at--) {
    const other = randomInt(at + 1)
    ;[all[at], all[other]] = [all[other]!, all[at]!]
  }
  return all.join("")
}

/** By name. */
export const chance = (budget: Budget): Functions => {
  const drawn = (from: string): Functions[string] => (count) => {
    const size = Math.max(0, asWhole(count))
    budget.grow(size)
    return Array.from({ length: size }, () => from[randomInt(from.length)]).join("")
  }
  return {
    randAlphaNum: drawn(digits + letters),
    randAlpha: drawn(letters),
    randNumeric: drawn(digits),
    randAscii: drawn(printable),
    randBytes: (count) => {
      budget.grow(asWhole(count))
      return randomBytes(Math.max(0, asWhole(count))).toString("base64")
    },
    randInt: (from, to) => {
      if (asWhole(to) <= asWhole(from)) throw new Refusal("invalid argument to randInt: the second must be larger")
      return BigInt(asWhole(from) + randomInt(asWhole(to) - asWhole(from)))
    },
    shuffle: (value) => shuffled(text(value)),
    uuidv4: () => randomUUID(),
    encryptAES: (password, plain) => encrypted(text(password), text(plain)),
    decryptAES: (password, written) => decrypted(text(password), text(written))
  }
}
