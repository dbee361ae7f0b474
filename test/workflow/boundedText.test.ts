import { describe, expect, it } from "vitest"
import { boundedText, bytesOf } from "../../src/workflow/boundedText.ts"
import { forSeeds } from "../run/random.ts"

describe("bounded text", () => {
  it("leaves a text that fits as it is", () => {
    expect(boundedText("Grüße", 7)).toBe("Grüße")
  })

  it("cuts at the bound, in whole characters, and says how much is missing", () => {
    expect(boundedText("é".repeat(100), 60)).toBe(`${"é".repeat(16)}… (168 more bytes dropped)`)
    expect(boundedText("x".repeat(20_000_000), 40)).toBe("xxxxxxx… (19999993 more bytes dropped)")
  })

  it("is well formed and never longer than its bound, whatever is given", () => {
    forSeeds(500, (random) => {
      const codes = Array.from({ length: random.below(200) }, () => random.below(random.pick([128, 0x10000])))
      const text = codes.map((code) => String.fromCharCode(code)).join("")
      const limit = random.below(400)
      const kept = boundedText(text, limit)
      expect(bytesOf(kept)).toBeLessThanOrEqual(limit)
      expect(kept.isWellFormed()).toBe(true)
      if (bytesOf(text) <= limit) expect(kept).toBe(text.toWellFormed())
    })
  })
})
