/** What a waiting node asks for, where the server knows its workflow. */
import { get } from "../../api/connection.ts"
import { type Schema, type Shape, shapeOf } from "../../form/shape.ts"

/** What is asked for; JSON where nobody knows. */
export const shapeOfSignal = async (run: string, node: string): Promise<Shape> => {
  try {
    const place = `/runs/${encodeURIComponent(run)}/node?path=${encodeURIComponent(node)}`
    const { signal } = await get<{ readonly signal?: Schema | null }>(place)
    return signal === undefined || signal === null ? { is: "json" } : shapeOf(signal)
  } catch {
    return { is: "json" }
  }
}
