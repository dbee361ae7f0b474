/** Asks for another input for what is done again, by the form that its workflow has, filled in with the former one. */
import { type Signal, useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { get } from "../../api/connection.ts"
import { Field } from "../../form/Form.tsx"
import { faultsOf, type Schema, type Shape, shapeOf } from "../../form/shape.ts"
import { Loading } from "../../parts/Notice.tsx"
import type { Given } from "../../state/act.ts"
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
  const { input } = await get<{ readonly input: Schema | null }>(`/workflows/${encodeURIComponent(run.workflow)}`)
  return input === null ? { is: "json" } : shapeOf(input)
}

/** The choice, where the workflow takes an input. */
export const OtherInput = ({ choice, scene }: { readonly choice: Signal<Choice>; readonly scene: RunScene }) => {
  const parameters = Object.fromEntries(scene.run.parameters)
  const before = scene.run.isManifest ? parameters : scene.open.history.input(scene.seq)
  const isOn = useSignal(false)
  const shape = useSignal<Shape | undefined>(undefined)
  const value = useSignal<Json | undefined>(before)
  useEffect(() => {
    if (!isOn.value || shape.value !== undefined) return
    shapeFor(scene, parameters).then((it) => void (shape.value = it), () => void (shape.value = { is: "json" }))
  }, [isOn.value])
  useEffect(() => {
    if (!isOn.value || shape.value === undefined) return void (choice.value = former)
    const faults = value.value === undefined
      ? ["The input is missing"]
      : shape.value.is === "json"
      ? []
      : faultsOf(shape.value, value.value)
    choice.value = faults.length > 0 ? { given: undefined, faults } : {
      given: scene.run.isManifest ? { parameters: value.value as Parameters } : { input: value.value! },
      faults
    }
  }, [isOn.value, shape.value, value.value])
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
      {isOn.value && shape.value === undefined && <Loading label="Reading what it takes" rows={2} />}
      {isOn.value && shape.value !== undefined && (
        <Field
          shape={shape.value}
          label={scene.run.isManifest ? "Parameters" : "Input"}
          value={value.value}
          onChange={(it) => void (value.value = it)}
        />
      )}
      {choice.value.faults.length > 0 && <p class="faint" role="status">{choice.value.faults[0]}.</p>}
    </>
  )
}
