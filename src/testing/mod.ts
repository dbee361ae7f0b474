/**
 * For tests: an engine on virtual time, simulation of whole processes, checks of the invariants.
 *
 * @module
 */
export { TestEngine } from "./TestEngine.ts"
export type { CrashOptions, TestEngineOptions, TestWorkflow } from "./TestEngine.ts"
export type { FakeBody, Replaceable } from "./FakeBody.ts"
export { TestControl } from "./TestControl.ts"
export type { TestControlShape } from "./TestControl.ts"
export type { TestLayer, TestLayerOptions } from "./testLayer.ts"
export { VirtualClock } from "./VirtualClock.ts"
export type { Time } from "./VirtualClock.ts"
export { makeRandom, World } from "./World.ts"
export { check } from "../run/invariants.ts"
export type { Evidence } from "../run/evidence.ts"
export { simulate, SimulationFailed } from "./simulate.ts"
export type {
  FaultMoment,
  Simulated,
  SimulatedFaults,
  SimulatedInvariant,
  SimulateOptions,
  SimulationReport
} from "./simulate.ts"
