/** What a waiting node asks for, where the server knows its workflow. */
import { get } from "../../api/connection.ts"
import { type Schema, type Shape, shapeOf } from "../../form/shape.ts"

interface Described {
  readonly signals: Readonly<Record<string, Schema | null>>
}

/** What is asked for; JSON where nobody knows. */
export const shapeOfSignal = async (workflow: string, node: string): Promise<Shape> => {
  try {
    const { signals } = await get<Described>(`/workflows/${encodeURIComponent(workflow)}`)
    const schema = signals[node.split("/").at(-1)!.replace(/\[.*$/, "")]
    return schema === undefined || schema === null ? { is: "json" } : shapeOf(schema)
  } catch {
    return { is: "json" }
  }
}
