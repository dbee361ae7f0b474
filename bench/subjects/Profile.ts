/**
 * Where time and memory go inside the process that does the work: by layer of the sources, and by function.
 *
 * Owns: one session of the inspector. Does not own: what is run meanwhile.
 */
import { Session } from "node:inspector/promises"

/** What one layer or function took: microseconds sampled in it, bytes allocated in it. */
export interface Share {
  readonly name: string
  readonly micros: number
  readonly bytes: number
}

/** Where a piece of work spent its time and memory. */
export interface Profile {
  readonly layers: ReadonlyArray<Share>
  readonly functions: ReadonlyArray<Share>
}

interface Frame {
  readonly functionName: string
  readonly url: string
  readonly lineNumber: number
}

/** One kind of sampling: totals by frame. */
type Samples = ReadonlyArray<readonly [frame: Frame, amount: number]>

const microsBetweenSamples = 200
const bytesBetweenSamples = 4096

/** Runs some work twice, once for its time and once for its memory: either way of sampling would disturb the other. */
export const profiled = async (work: () => Promise<unknown>): Promise<Profile> => {
  const session = new Session()
  session.connect()
  try {
    const [times, bytes] = [await timesOf(session, work), await bytesOf(session, work)]
    return { layers: shares(times, bytes, layerOf), functions: shares(times, bytes, functionOf) }
  } finally {
    session.disconnect()
  }
}

const timesOf = async (session: Session, work: () => Promise<unknown>): Promise<Samples> => {
  await session.post("Profiler.enable")
  await session.post("Profiler.setSamplingInterval", { interval: microsBetweenSamples })
  await session.post("Profiler.start")
  await work()
  const { profile: { nodes, samples = [], timeDeltas = [] } } = await session.post("Profiler.stop")
  const frames = new Map(nodes.map(({ callFrame, id }) => [id, callFrame]))
  return samples.map((id, index) => [frames.get(id)!, timeDeltas[index]!])
}

const bytesOf = async (session: Session, work: () => Promise<unknown>): Promise<Samples> => {
  const options = { includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true }
  await session.post("HeapProfiler.startSampling", { samplingInterval: bytesBetweenSamples, ...options })
  await work()
  const { profile } = await session.post("HeapProfiler.stopSampling")
  return allocations(profile.head)
}

interface HeapNode {
  readonly callFrame: Frame
  readonly selfSize: number
  readonly children: ReadonlyArray<HeapNode>
}

const allocations = (head: HeapNode): Samples => {
  const found: Array<readonly [Frame, number]> = []
  const open = [head]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    found.push([node.callFrame, node.selfSize])
    open.push(...node.children)
  }
  return found
}

/** Waiting is no work, and sampling is not the node's. */
const isOther = ({ functionName, url }: Frame): boolean =>
  functionName === "(idle)" || functionName === "(root)" || url.startsWith("node:inspector")

const shares = (times: Samples, bytes: Samples, nameOf: (frame: Frame) => string): ReadonlyArray<Share> => {
  const found = new Map<string, { micros: number; bytes: number }>()
  const add = (samples: Samples, to: "micros" | "bytes"): void => {
    for (const [frame, amount] of samples) {
      if (isOther(frame)) continue
      const name = nameOf(frame)
      const share = found.get(name) ?? { micros: 0, bytes: 0 }
      share[to] += amount
      found.set(name, share)
    }
  }
  add(times, "micros")
  add(bytes, "bytes")
  return [...found].map(([name, share]) => ({ name, ...share })).toSorted((a, b) => b.micros - a.micros)
}

const folders: ReadonlyArray<readonly [layer: string, part: RegExp]> = [
  ["SQLite", /better-sqlite3/],
  ["Effect", /node_modules\/effect\//],
  ["engine/$1", /\/src\/engine\/(\w+)\//],
  ["$1", /\/src\/(\w+)\//],
  ["bench", /\/bench\//]
]

/** Names of the driver's native methods: those of statements have none. */
const statements = new Set(["", "run", "get", "all", "exec", "prepare"])

const layerOf = ({ functionName, url }: Frame): string => {
  if (functionName === "(garbage collector)") return "garbage collector"
  for (const [layer, part] of folders) {
    const found = part.exec(url)
    if (found !== null) return layer.replace("$1", found[1] ?? "")
  }
  if (url === "" && statements.has(functionName)) return "SQLite"
  return url.startsWith("node:") ? "node" : "native"
}

const functionOf = (frame: Frame): string => {
  const file = frame.url.split("/").at(-1) ?? ""
  if (file === "" && frame.functionName === "") return "statements of SQLite"
  const name = frame.functionName === "" ? `line ${frame.lineNumber + 1}` : frame.functionName
  return `${name} ${file === "" ? layerOf(frame) : file}`
}
