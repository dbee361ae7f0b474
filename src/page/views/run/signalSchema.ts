/** What a waiting node asks for, where the server knows its workflow. */
import { get } from "../../api/connection.ts"

interface Described {
  readonly signals: Readonly<Record<string, unknown>>
}

/** The JSON Schema of a node's value; `none` where it needs no value; `undefined` where nobody knows. */
export const schemaOfSignal = async (workflow: string, node: string): Promise<object | "none" | undefined> => {
  try {
    const { signals } = await get<Described>(`/workflows/${encodeURIComponent(workflow)}`)
    const schema = signals[node.split("/").at(-1)!.replace(/\[.*$/, "")]
    if (schema === undefined) return undefined
    return schema === null || (schema as { readonly type?: string }).type === "null" ? "none" : schema as object
  } catch {
    return undefined
  }
}
