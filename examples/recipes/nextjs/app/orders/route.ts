import { order, pinnace } from "../../lib/pinnace.ts"

export const runtime = "nodejs"

export const POST = async (request: Request): Promise<Response> => {
  const { id, item } = await request.json()
  const run = await (await pinnace()).start(order, { item }, { id })
  return Response.json({ id: run.id }, { status: 202 })
}
