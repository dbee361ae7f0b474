/** What a waiting node asks for, where the server knows its workflow. */
import { get } from "../../api/connection.ts"
import { type Schema, type Shape, shapeOf } from "../../form/shape.ts"

/** What is asked for; JSON where nobody knows. Throws `Problem`. */
export const shapeOfSignal = async (run: string, node: string): Promise<Shape> => {
  const place = `/runs/${encodeURIComponent(run)}/node?path=${encodeURIComponent(node)}`
  const { node: { waiting }, signal } = await get<Asking>(place)
  // A suspend node of a manifest that asks for no outputs only waits for somebody to let it go on.
  if (waiting === "Suspended") return { is: "nothing" }
  return signal === undefined || signal === null ? { is: "json" } : shapeOf(signal)
}

interface Asking {
  readonly node: { readonly waiting: string }
  readonly signal?: Schema | null
}
