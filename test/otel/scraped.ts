/** What a strict scraper makes of Prometheus text (format 0.0.4): the values of series, or the line that is wrong. */

const name = "[a-zA-Z_:][a-zA-Z0-9_:]*"
const pair = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"'
const sample = new RegExp(`^(${name})(\\{(?:${pair}(?:,${pair})*)?\\})? (\\S+)$`)
const types = new Set(["counter", "gauge", "histogram"])

interface Family {
  readonly name: string
  readonly type: string
  readonly samples: Map<string, number>
}

/** The series of a text. Throws with the line that a scraper would refuse. */
export const openMetrics = (text: string): ReadonlyMap<string, number> => {
  if (!text.endsWith("\n")) throw new Error("the last line has no end")
  const families = new Map<string, Family>()
  let family: Family | undefined
  for (const line of text.slice(0, -1).split("\n")) {
    const refuse = (why: string): never => {
      throw new Error(`${line}: ${why}`)
    }
    const [, kind, of = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? []
    if (kind === "HELP" && families.has(of)) refuse("its family stood before")
    if (kind === "TYPE") {
      if (families.has(of)) refuse("its family stood before")
      if (!types.has(rest)) refuse("there is no such type")
      families.set(of, family = { name: of, type: rest, samples: new Map() })
    }
    if (kind !== undefined) continue
    const [, series = "", labels = "", value = ""] = sample.exec(line) ?? refuse("this is no sample")
    const own = family ?? refuse("it has no type")
    const base = own.type === "histogram" ? series.replace(/_(?:bucket|sum|count)$/, "") : series
    if (base !== own.name) refuse(`it stands among ${own.name}`)
    if (own.samples.has(series + labels)) refuse("it is there twice")
    if (!/^(?:[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?|[-+]Inf|NaN)$/i.test(value)) refuse("this is no number")
    if (own.type === "counter" && Number(value) < 0) refuse("a counter is below 0")
    own.samples.set(series + labels, Number(value))
  }
  for (const one of families.values()) if (one.type === "histogram") checkHistogram(one)
  return new Map([...families.values()].flatMap(({ samples }) => [...samples]))
}

/** Buckets grow, the last one is infinite and holds all. */
const checkHistogram = ({ name, samples }: Family): void => {
  const buckets = [...samples].filter(([series]) => series.startsWith(`${name}_bucket`))
  const without = (series: string): string => series.replace(/,?le="[^"]*"/, "").replace("{}", "")
  for (const [series, them] of Map.groupBy(buckets, ([it]) => without(it))) {
    const counts = them.map(([, count]) => count)
    if (counts.some((count, at) => count < (counts[at - 1] ?? 0))) {
      throw new Error(`${series}: a bucket is smaller than the one before`)
    }
    if (!them.at(-1)![0].includes('le="+Inf"')) throw new Error(`${series}: the last bucket is not infinite`)
    if (samples.get(series.replace("_bucket", "_count")) !== counts.at(-1)) {
      throw new Error(`${series}: the count is another`)
    }
    if (!samples.has(series.replace("_bucket", "_sum"))) throw new Error(`${series}: it has no sum`)
  }
}
