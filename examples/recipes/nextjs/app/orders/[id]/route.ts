import { order, pinnace } from "../../../lib/pinnace.ts"

export const runtime = "nodejs"

export const GET = async (_: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> => {
  const run = await (await pinnace()).get(order, (await params).id)
  return run === undefined ? Response.json("no such order", { status: 404 }) : Response.json(await run.result())
}
