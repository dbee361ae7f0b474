import { describe, expect, it } from "vitest"
import { isMet, isMetByDefault, type Status } from "../../src/run/depends.ts"
import type { Phase } from "../../src/run/Phase.ts"
import { and, type Condition, not, or } from "../../src/workflow/Condition.ts"
import { is, randomCondition } from "./plans.ts"
import { forSeeds } from "./random.ts"

const phases: ReadonlyArray<Phase> = ["Succeeded", "Failed", "Error", "Skipped", "Omitted"]

const alone = (phase: Phase, items?: ReadonlyArray<Phase>): Status => ({
  phase,
  continueOn: false,
  ...(items === undefined ? {} : { items })
})

describe("holds()", () => {
  it("answers each question about a phase with yes for that phase only", () => {
    const table = { succeeded: "Succeeded", failed: "Failed", errored: "Error", skipped: "Skipped", omitted: "Omitted" }
    for (const [question, expected] of Object.entries(table)) {
      for (const phase of phases) {
        const condition = is("a", question as keyof typeof table)
        expect(isMet(condition, () => alone(phase)), `${question} of ${phase}`).toBe(phase === expected)
      }
    }
  })

  it("looks at the items of a map for anySucceeded and allFailed", () => {
    const ask = (question: "anySucceeded" | "allFailed", items: ReadonlyArray<Phase>) =>
      isMet(is("m", question), () => alone("Failed", items))
    expect(ask("anySucceeded", ["Failed", "Succeeded"])).toBe(true)
    expect(ask("anySucceeded", ["Failed", "Skipped"])).toBe(false)
    expect(ask("allFailed", ["Failed", "Failed"])).toBe(true)
    expect(ask("allFailed", ["Failed", "Error"])).toBe(false)
    expect(ask("allFailed", ["Failed", "Succeeded"])).toBe(false)
  })

  it("answers no to both item questions for an empty map", () => {
    expect(isMet(is("m", "anySucceeded"), () => alone("Succeeded", []))).toBe(false)
    expect(isMet(is("m", "allFailed"), () => alone("Succeeded", []))).toBe(false)
  })

  it("takes a node that is no map for its own only item", () => {
    expect(isMet(is("a", "anySucceeded"), () => alone("Succeeded"))).toBe(true)
    expect(isMet(is("a", "allFailed"), () => alone("Failed"))).toBe(true)
  })

  it("obeys the laws of logic for every condition", () => {
    forSeeds(1_000, (random) => {
      const known = new Map(["a", "b", "c"].map((name) => [name, alone(random.pick(phases))]))
      const status = (name: string) => known.get(name)!
      const one = randomCondition(random, ["a", "b", "c"])
      const two = randomCondition(random, ["a", "b", "c"])
      const ask = (condition: Condition) => isMet(condition, status)
      expect(ask(not(one))).toBe(!ask(one))
      expect(ask(and(one, two))).toBe(ask(one) && ask(two))
      expect(ask(or(one, two))).toBe(ask(one) || ask(two))
      expect(ask(not(and(one, two)))).toBe(ask(or(not(one), not(two))))
      expect(ask(and())).toBe(true)
      expect(ask(or())).toBe(false)
    })
  })
})

describe("defaultHolds()", () => {
  it("lets pass what succeeded, was skipped, or failed in a way that is continued on", () => {
    const pass = (phase: Phase, continueOn = false) => isMetByDefault([alone("Succeeded"), { phase, continueOn }])
    expect(phases.filter((phase) => pass(phase))).toEqual(["Succeeded", "Skipped"])
    expect(phases.filter((phase) => pass(phase, true))).toEqual(["Succeeded", "Failed", "Error", "Skipped"])
    expect(isMetByDefault([])).toBe(true)
  })
})
