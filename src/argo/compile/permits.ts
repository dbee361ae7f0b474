/** Locks of templates and workflows, as the engine knows them. */
import { mutex, type PermitsDef, semaphore, storedLimit } from "../../workflow/Semaphore.ts"
import type { Template } from "../document/Manifest.ts"
import { substituteAll } from "../language/template/substitute.ts"
import { configMapLimit } from "./configMapLimit.ts"
import { type Frame, substitution } from "./Frame.ts"
import type { Session } from "./Session.ts"

/** What a template's node has to hold while it works, if anything. Throws BadArgument when a limit cannot be read. */
export const permitsOf = (frame: Frame): PermitsDef | undefined => {
  const { synchronization } = frame.template
  if (synchronization === undefined) return undefined
  return toPermits(substituteAll(synchronization, substitution(frame)), frame.session)
}

/** The engine's permits for mutexes and semaphores. Throws BadArgument when a limit cannot be read. */
export const toPermits = (
  locks: NonNullable<Template["synchronization"]>,
  session: Session
): PermitsDef | undefined => {
  const namespace = session.parts.owner.document.metadata.namespace ?? "default"
  const mutexes = (locks.mutexes ?? []).map((it) =>
    mutex(`${it.namespace ?? namespace}/${it.database === true ? "Database" : "Mutex"}/${it.name}`)
  )
  const semaphores = (locks.semaphores ?? []).map(({ configMapKeyRef: ref, database, namespace: own }) =>
    database === undefined
      ? semaphore(`${own ?? namespace}/ConfigMap/${ref?.name}/${ref?.key}`, {
        limit: configMapLimit(ref ?? {}, session.parts.stores)
      })
      : semaphore(`${own ?? namespace}/Database/${database.key}`, { limit: storedLimit(1) })
  )
  const takes = [...new Map([...mutexes, ...semaphores].map((it) => [it.name, it])).values()].map((it) => it.take())
  return takes.length === 0 ? undefined : { takes, hold: "node", priority: 0 }
}
