/** What outlives a process, on a PostgreSQL server. */
import { describe } from "vitest"
import { acrossSuite } from "../embed/acrossSuite.ts"
import { lastingSuite } from "../embed/lastingSuite.ts"
import { reuseSuite } from "../embed/reuseSuite.ts"
import { hasPostgres, sharedServer, withoutPostgres } from "./server.ts"

describe.skipIf(!hasPostgres)(`On PostgreSQL (${withoutPostgres})`, () => {
  const address = () => sharedServer().url
  lastingSuite(address)
  acrossSuite(address)
  reuseSuite(address)
})
