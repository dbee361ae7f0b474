/**
 * Verbs on the engine of a server: `pinnace --server URL VERB …`, with its token in PINNACE_TOKEN.
 */
import process from "node:process"
import { parseArgs } from "node:util"
import { connect } from "../../server/client/mod.ts"
import { Wire } from "../../server/client/Wire.ts"
import { remoteVerbs } from "../arguments/remoteVerbs.ts"
import { readManifests } from "../arguments/files.ts"
import type { Shell } from "../Shell.ts"
import { Usage } from "../Usage.ts"

/** Does a verb there; answers its exit code. */
export const remotely = async (
  shell: Shell,
  address: string,
  verb: string,
  raw: ReadonlyArray<string>
): Promise<number> => {
  const server = new Server(shell, address)
  if (remoteVerbs.has(verb)) return server.use([verb, ...raw])
  const act = Object.hasOwn(acts, verb) ? acts[verb] : undefined
  if (act !== undefined) return act(server, raw)
  throw new Usage(`${verb} works on files of the machine that it runs on: use it there, without --server`)
}

/** A server as verbs see it. */
class Server {
  readonly client: ReturnType<typeof connect>
  readonly shell: Shell
  readonly #wire: Wire
  readonly #address: string

  constructor(shell: Shell, address: string) {
    const token = process.env["PINNACE_TOKEN"]
    const options = token === undefined || token === "" ? {} : { token }
    this.shell = shell
    this.#address = addressOf(address)
    this.client = connect(this.#address, options)
    this.#wire = new Wire(this.#address, options)
  }

  /** Has a command line done there, and prints what it prints. */
  async use(args: ReadonlyArray<string>): Promise<number> {
    const { body } = await this.#wire.send("POST", "/command", { json: { args } })
    let rest = ""
    let code: number | undefined
    try {
      for await (const text of body!.pipeThrough(new TextDecoderStream()) as unknown as AsyncIterable<string>) {
        const lines = `${rest}${text}`.split("\n")
        rest = lines.pop()!
        for (const line of lines) code = this.#tell(JSON.parse(line) as Told) ?? code
      }
    } catch {
      // A connection that was cut is one that ended too early: the same is said of both.
    }
    if (code !== undefined) return code
    this.shell.complain(
      `The connection to ${this.#address} was lost before the command had ended there. Look at the run, then ask again`
    )
    return 2
  }

  #tell({ code, err, out }: Told): number | undefined {
    if (out !== undefined) this.shell.write(out)
    if (err !== undefined) this.shell.complain(err.replace(/\n$/, ""))
    return code
  }

  /** The run that is meant, with what was written after its name. */
  async run(raw: ReadonlyArray<string>) {
    const [name, ...more] = raw
    if (name === undefined || name.startsWith("-")) throw new Usage("name the run first")
    const id = name === "@latest" ? (await this.client.list({ limit: 1 }))[0]?.id ?? name : name
    const run = await this.client.get(id)
    if (run === undefined) throw new Usage(`there is no run "${name}" on this server`)
    return { run, more }
  }
}

/** The address of a server. All users of this machine see what a command line holds: a token has no place in it. */
const addressOf = (address: string): string => {
  const url = /^https?:\/\//.test(address) && URL.canParse(address) ? new URL(address) : undefined
  if (url === undefined) throw new Usage(`--server ${address}: write an address such as http://127.0.0.1:7070`)
  if (url.hash === "" && url.username === "" && url.password === "") return address
  throw new Usage(
    `--server ${url.origin}: other users of this machine can see the token of a command line. Put it in PINNACE_TOKEN`
  )
}

interface Told {
  readonly out?: string
  readonly err?: string
  readonly code?: number
}

type Act = (server: Server, raw: ReadonlyArray<string>) => Promise<number>

const noOptions = (more: ReadonlyArray<string>): void => {
  if (more.length > 0) throw new Usage(`with --server, ${more[0]} is not understood here`)
}

const start = async ({ client }: Server, raw: ReadonlyArray<string>): Promise<string> => {
  const { positionals, values } = parseArgs({
    args: [...raw],
    allowPositionals: true,
    options: {
      id: { type: "string" },
      parameter: { type: "string", short: "p", multiple: true },
      input: { type: "string" }
    }
  })
  const id = values.id === undefined ? {} : { id: values.id }
  const known = positionals.length === 1 && (await client.workflows()).includes(positionals[0]!)
  if (known) {
    const input = values.input === undefined ? undefined : JSON.parse(values.input) as unknown
    return (await client.start(positionals[0]!, input, id)).id
  }
  const files = readManifests(positionals).map(({ name, text }) => ({ name, text }))
  const parameters = Object.fromEntries((values.parameter ?? []).map((it) => {
    const at = it.indexOf("=")
    if (at <= 0) throw new Usage(`-p ${it}: write NAME=VALUE`)
    return [it.slice(0, at), it.slice(at + 1)]
  }))
  return (await client.startManifests(files, parameters, id)).id
}

/** Verbs whose work is asked for by our API. */
const acts: Readonly<Record<string, Act>> = {
  submit: async (server, raw) => {
    server.shell.print(await start(server, raw))
    return 0
  },
  run: async (server, raw) => server.use(["watch", await start(server, raw)]),
  resume: async (server, raw) => {
    const { more, run } = await server.run(raw)
    noOptions(more)
    server.shell.print((await run.resume()).message)
    return 0
  },
  retry: async (server, raw) => {
    const { more, run } = await server.run(raw)
    noOptions(more)
    await run.retry()
    return server.use(["watch", run.id])
  },
  resubmit: async (server, raw) => {
    const { more, run } = await server.run(raw)
    noOptions(more)
    return server.use(["watch", (await run.resubmit()).id])
  },
  fork: async (server, raw) => {
    const { more: [node, ...more], run } = await server.run(raw)
    noOptions(more)
    if (node === undefined) throw new Usage("name the node after the run")
    return server.use(["watch", (await run.fork(node)).id])
  }
}
