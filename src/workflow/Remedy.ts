/**
 * Texts that stand where a type is expected when something is missing: the compiler
 * quotes them in the first line of its error. A value never has such a type.
 */

/**
 * Notes the type of what was given as `G`, and checks it against
 * `T`: a place to infer from that demands nothing itself.
 */
export type Noted<G, T> = [G] extends [unknown] ? T : G

/** Notes the keys of what was given as `K`. */
export type NotedKeys<K extends PropertyKey> = [K] extends [PropertyKey] ? unknown : { readonly [Key in K]: unknown }

/** Nothing was given. */
export interface Absent {
  /** Exists for the type checker only. */
  readonly "~absent": never
}

/**
 * `T` where all services `R` are among `Known`; else which to add,
 * to `Whose` list. Of what is nothing to run no services are known.
 */
export type WithServices<R, Known, Whose extends string, T> = [R] extends [Known] ? T
  : unknown extends R ? "A task or workflow is expected: task(name, { run })"
  : `Add ${ServiceName<Exclude<R, Known>>} to the services of ${Whose}: services: […]`

/** The name of a service, for texts. */
export type ServiceName<R> = R extends { readonly key: infer Name extends string } ? Name : "what it uses"

/** `T` where `I` needs no value, or `input` is among the given keys; else the remedy. */
export type WithInput<I, K, T> = unknown extends I ? T
  : [I] extends [void] ? T
  : "input" extends K ? T
  : "Property 'input' is missing: w.node(name, task, { input: … })"

/** `T` where `I` needs no value; else the remedy. */
export type WithoutInput<I, Remedy extends string, T> = unknown extends I ? T
  : [I] extends [void] ? T
  : Remedy

/** The name of a task that has `run` among the given keys (none are known of what is cast); else the remedy. */
export type WithRun<K> = [K] extends [never] ? string
  : "run" extends K ? string
  : "Property 'run' is missing: task(name, { run: … })"
