/**
 * A failover to a replica that was behind: whoever had more acknowledged than the new server knows is told so, and
 * stops; everybody else goes on. What is recorded there is whole, and every run that it knows ends once.
 */
import { PostgresServer } from "../../postgres/server.ts"
import { judge } from "./judge.ts"
import { nodes, runs, type Scene, type Verdict } from "./play.ts"
import { reached, type Session, until } from "./rows.ts"
import { Server } from "./Server.ts"

const inSchema = async (server: PostgresServer) => {
  const session = await reached(server.url)
  await session.query("SET search_path TO pinnace")
  return session
}

/** The numbers of the latest changes, by process. */
const groupsOf = async (session: Session): Promise<ReadonlyMap<number, number>> =>
  new Map(
    (await session.query(`SELECT id, "group" AS number FROM processes`)).map(({ id, number }) => [
      id as number,
      number as number
    ])
  )

/** See the head of the file. */
export const failover = async (scene: Scene): Promise<Verdict> => {
  const { all, numbers, proxy, random, server, times } = scene
  const replica = new PostgresServer({ follows: server })
  const session = await inSchema(replica)
  let later: Server | undefined = undefined
  try {
    await until(session, "SELECT count(*) = $1 AS is FROM events WHERE type = 'RunStarted'", [runs])
    // From here on nothing reaches the replica any more.
    await session.query("ALTER SYSTEM SET primary_conninfo = ''")
    await session.query("SELECT pg_reload_conf()")
    await until(session, "SELECT NOT EXISTS (SELECT 1 FROM pg_stat_wal_receiver) AS is")
    await new Promise((resume) => setTimeout(resume, 100 + random() * 500))
    server.stop("immediate")
    const known = await groupsOf(session)
    replica.promote()
    proxy.target = replica.socket
    proxy.cut()
    // "Open the database again."
    later = await Server.begun(proxy.url, times)
    await until(session, "SELECT count(*) = $1 AS is FROM runs WHERE phase = 'Succeeded'", [runs])
    const violations = [...await judge(session, { runs, nodes, takesNothing: false })]
    server.start()
    const old = await inSchema(server)
    const made = await groupsOf(old)
    await old.close()
    for (const it of all) violations.push(...await untold(it, numbers.get(it)!, { known, made }))
    return { violations, takeOver: undefined }
  } finally {
    await session.close()
    await later?.end()
    replica.remove()
  }
}

/** Whether a process was told, or not, as it had to be. */
const untold = async (
  server: Server,
  first: number,
  { known, made }: { readonly known: ReadonlyMap<number, number>; readonly made: ReadonlyMap<number, number> }
): Promise<ReadonlyArray<string>> => {
  const state = await settled(server)
  const lost = (made.get(first) ?? 0) - (known.get(first) ?? 0)
  // The answer to the last one may not have come.
  if (lost > 1 && state !== "Replaced") return [`process ${first} is ${state}, although ${lost} changes are forgotten`]
  if (lost === 0 && state !== "well") return [`process ${first} is ${state}, although nothing is forgotten`]
  return []
}

/** How it is once it has gone on, or may not. */
const settled = async (server: Server): Promise<string> => {
  for (;;) {
    const [, state] = await server.number()
    if (["dead", "well", "Replaced"].includes(state)) return state
    await new Promise((resume) => setTimeout(resume, 50))
  }
}
