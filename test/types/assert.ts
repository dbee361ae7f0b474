/** Assertions about types; they cost nothing at run time and are checked by the compiler alone. */

/** Whether two types are the same, not only assignable to each other. */
export type Same<X, Y> = (<T>() => T extends X ? 1 : 2) extends (<T>() => T extends Y ? 1 : 2) ? true : false

/** Compiles only for `true`. */
export const holds = <Assertion extends true>(..._: ReadonlyArray<Assertion>): void => {}
