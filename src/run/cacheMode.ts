/** Whether a run reuses results: said when it is started, and kept with it as a label. */

/** `refresh` computes all and remembers it; `read` remembers nothing. */
export type CacheMode = (typeof cacheModes)[number]

/** Every mode. */
export const cacheModes = ["use", "refresh", "read", "off"] as const

/** The label of a run that says it. */
export const cacheLabel = "pinnace/cache"

/** What a run's labels say. */
export const modeOf = (labels: Readonly<Record<string, string>>): CacheMode | undefined =>
  cacheModes.find((mode) => mode === labels[cacheLabel])
