import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { decodeJson, encodeJson } from "../../src/workflow/codec.ts"
import { toCodec } from "../../src/workflow/codecSpec.ts"
import type { AnyCodec } from "../../src/workflow/Definition.ts"
import { revealSecrets } from "../../src/workflow/revealSecrets.ts"
import { holdsSecrets } from "../../src/workflow/sealing.ts"
import { secret, secretsOf } from "../../src/workflow/Secret.ts"

interface Chain {
  readonly token: Redacted.Redacted<string>
  readonly next?: Chain
}

const Chain: Schema.Codec<Chain, unknown> = Schema.Struct({
  token: Schema.Redacted(Schema.String),
  next: Schema.optionalKey(Schema.suspend((): Schema.Codec<Chain, unknown> => Chain))
})

const everywhere = toCodec({
  token: Schema.Redacted(Schema.String),
  wrapped: Schema.RedactedFromValue(Schema.String),
  list: Schema.Array(Schema.Redacted(Schema.String)),
  pair: Schema.Tuple([Schema.String, Schema.Redacted(Schema.String)]),
  map: Schema.Record(Schema.String, Schema.Redacted(Schema.String)),
  perhaps: Schema.optional(Schema.NullOr(Schema.Redacted(Schema.String))),
  labelled: Schema.Redacted(Schema.String, { label: "L" }),
  chain: Chain
})

const filled = (one: (name: string) => Redacted.Redacted<string>) => ({
  token: one("A"),
  wrapped: one("B"),
  list: [one("C"), one("D")],
  pair: ["x", one("E")],
  map: { k: one("F") },
  perhaps: one("G"),
  labelled: one("H"),
  chain: { token: one("I"), next: { token: one("J"), next: { token: one("K") } } }
})

const letters = [..."ABCDEFGHIJK"]

describe("secret()", () => {
  it("is recorded by name wherever a schema may have it, and read back as a reference", () => {
    const json = JSON.parse(JSON.stringify(encodeJson(everywhere)(filled(secret))))
    expect(json.pair).toEqual(["x", { $secret: "E" }])
    expect(secretsOf(decodeJson(everywhere)(json))).toEqual(letters)
  })

  it("has no value until it is revealed, and shows its name only", () => {
    const reference = secret("TOKEN")
    expect(() => Redacted.value(reference)).toThrow(/TOKEN/)
    expect(String(reference)).toBe("<redacted:TOKEN>")
  })

  it("is revealed for a body, and what is revealed is still recorded by name", async () => {
    const input = decodeJson(everywhere)(encodeJson(everywhere)(filled(secret)))
    const looked: Array<string> = []
    const lookup = async (name: string) => {
      looked.push(name)
      return `clear-${name}`
    }
    const revealed = await revealSecrets(everywhere, input, lookup) as Readonly<ReturnType<typeof filled>>
    expect(looked).toEqual(letters)
    expect(Redacted.value(revealed.token)).toBe("clear-A")
    expect(Redacted.value(revealed.chain.next.next.token)).toBe("clear-K")
    const text = JSON.stringify([encodeJson(everywhere)(revealed), revealed])
    expect(text).not.toContain("clear")
  })
})

describe("a redacted value in clear", () => {
  it("is refused wherever it stands, without being quoted", () => {
    for (const letter of letters) {
      const value = filled((name) => name === letter ? Redacted.make("HUSH") : secret(name))
      let message = ""
      try {
        encodeJson(everywhere)(value)
      } catch (error) {
        message = String(error)
      }
      expect(message).toContain("must not be recorded")
      expect(message).not.toContain("HUSH")
    }
  })

  it("is refused in outputs without a schema and in unknown fields", () => {
    const loose = toCodec({ any: Schema.Unknown })
    expect(() => encodeJson(loose)({ any: Redacted.make("HUSH") })).toThrow()
    expect(() => encodeJson(loose)({ any: { deep: [Redacted.make("HUSH")] } })).toThrow()
  })

  it("is refused as a schema where it could be recorded only in clear", () => {
    class Login extends Schema.Class<Login>("Login")({ password: Schema.Redacted(Schema.String) }) {}
    const refused = [Login, Schema.Option(Schema.Redacted(Schema.String)), Schema.Redacted(Schema.Number)]
    for (const schema of refused) expect(() => encodeJson(schema as unknown as AnyCodec)(undefined)).toThrow(/secret/)
  })
})

describe("revealSecrets()", () => {
  it("gives the input itself, without a Promise, when its schema has no secrets", () => {
    const input = { a: "b" }
    const plain = toCodec({ a: Schema.String })
    expect(holdsSecrets(plain)).toBe(false)
    expect(revealSecrets(plain, input, () => Promise.reject(new Error("asked")))).toBe(input)
  })

  it("rejects as the provider does", async () => {
    const lookup = (name: string) => Promise.reject(new Error(`no ${name}`))
    await expect(revealSecrets(everywhere, filled(secret), lookup)).rejects.toThrow("no A")
  })
})
