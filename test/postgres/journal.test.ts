/** The contract of journals, on a PostgreSQL server. */
import { describe } from "vitest"
import { journalSuite } from "../journal/journalSuite.ts"
import { makeWorld } from "./PgWorld.ts"
import { hasPostgres, withoutPostgres } from "./server.ts"

describe.skipIf(!hasPostgres)(`with a server (${withoutPostgres})`, () => journalSuite("PostgreSQL journal", makeWorld))
