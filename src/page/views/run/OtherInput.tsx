/** Asks for another input for what is done again, by the form that its workflow has, filled in with the former one. */
import { type Signal, useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { Problem } from "../../api/Client.ts"
import { get } from "../../api/connection.ts"
import { Field } from "../../form/Form.tsx"
import { faultsOf, type Schema, type Shape, shapeOf } from "../../form/shape.ts"
import { Reading } from "../../parts/Reading.tsx"
import type { Given } from "../../state/commands.ts"
import { useLoadedOnce } from "../../state/loaded.ts"
import type { Json } from "../../../run/Event.ts"
import type { RunScene } from "./scene.ts"

/** What was chosen: the former input, or another one, which may still be wrong. */
export interface Choice {
  readonly given: Given
  readonly faults: ReadonlyArray<string>
}

/** The former input. */
export const former: Choice = { given: undefined, faults: [] }

type Parameters = Readonly<Record<string, string>>

const shapeFor = async ({ run }: RunScene, parameters: Parameters): Promise<Shape> => {
  if (run.isManifest) {
    return {
      is: "object",
      parts: Object.keys(parameters).map((name) => ({ name, isRequired: true, shape: { is: "text" } }))
    }
  }
  const place = `/workflows/${encodeURIComponent(run.workflow)}`
  const { input } = await get<{ readonly input: Schema | null }>(place).catch((error: unknown) => {
    // A server that does not know the workflow cannot tell; it is asked for as JSON.
    if (error instanceof Problem && error.status === 404) return { input: null }
    throw error
  })
  return input === null ? { is: "json" } : shapeOf(input)
}

interface FieldProps {
  readonly choice: Signal<Choice>
  readonly scene: RunScene
  readonly value: Signal<Json | undefined>
  readonly parameters: Parameters
}

/** The form of another input; what is typed in it is kept where it began. */
const Another = ({ choice, parameters, scene, value }: FieldProps) => {
  const read = useLoadedOnce("input", () => shapeFor(scene, parameters))
  const shape = read.value.value
  const isManifest = scene.run.isManifest
  useEffect(() => {
    if (shape === undefined) return void (choice.value = { given: undefined, faults: ["The form is not there yet"] })
    const faults = value.value === undefined
      ? ["The input is missing"]
      : shape.is === "json"
      ? []
      : faultsOf(shape, value.value)
    choice.value = faults.length > 0
      ? { given: undefined, faults }
      : { given: isManifest ? { parameters: value.value as Parameters } : { input: value.value! }, faults }
  }, [shape, value.value])
  useEffect(() => () => void (choice.value = former), [])
  return (
    <>
      <Reading of={read} label="Reading what it takes" rows={2}>
        {(shape) => (
          <Field
            shape={shape}
            label={isManifest ? "Parameters" : "Input"}
            value={value.value}
            onChange={(it) => void (value.value = it)}
          />
        )}
      </Reading>
      {shape !== undefined && choice.value.faults.length > 0 && (
        <p class="faint" role="status">{choice.value.faults[0]}.</p>
      )}
    </>
  )
}

/** The choice, where the workflow takes an input. */
export const OtherInput = ({ choice, scene }: { readonly choice: Signal<Choice>; readonly scene: RunScene }) => {
  const parameters = Object.fromEntries(scene.run.parameters)
  const before = scene.run.isManifest ? parameters : scene.open.history.input(scene.seq)
  const isOn = useSignal(false)
  const value = useSignal<Json | undefined>(before)
  if (before === undefined || before === null || (scene.run.isManifest && scene.run.parameters.length === 0)) {
    return null
  }
  return (
    <>
      <label class="check">
        <input
          type="checkbox"
          checked={isOn.value}
          onChange={(event) => void (isOn.value = event.currentTarget.checked)}
        />
        With another input
      </label>
      {isOn.value && <Another choice={choice} parameters={parameters} scene={scene} value={value} />}
    </>
  )
}
