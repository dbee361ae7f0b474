/** The words in which the support table is written. */

/** What a field holds. */
export type Shape =
  /** A string; numbers and booleans are refused. */
  | { readonly kind: "text" }
  /** A string, number or boolean, kept as it is spelled. */
  | { readonly kind: "scalar" }
  | { readonly kind: "number" }
  /** A whole number from 0. */
  | { readonly kind: "count" }
  /** Seconds as a whole number from 0, within what the engine can wait for. */
  | { readonly kind: "seconds" }
  /** The text of a whole number, or one with tags. */
  | { readonly kind: "whole" }
  /** The text of a duration, or one with tags. */
  | { readonly kind: "duration" }
  | { readonly kind: "bool" }
  /** Any value, not looked into. */
  | { readonly kind: "any" }
  | { readonly kind: "list"; readonly of: Shape }
  | { readonly kind: "map"; readonly of: Shape }
  /** An object of the table, by name. */
  | { readonly kind: "object"; readonly name: string }

/** What becomes of a field. */
export type Support =
  /** `only` says where, when that is not everywhere; `old` that the field has been replaced by another. */
  | { readonly _tag: "Supported"; readonly only?: string; readonly old?: Old }
  /** Accepted and without effect here. */
  | { readonly _tag: "Ignored"; readonly why: string }
  /** Would change the result and cannot be honoured: the manifest is not run. */
  | { readonly _tag: "Refused"; readonly why: string }

/** A form of earlier versions of Argo. */
export interface Old {
  /** What is written today. */
  readonly use: string
  /** The list that its value goes into; absent when it is still read where it stands. */
  readonly into?: string
}

/** A row of the support table. */
export interface Field {
  readonly shape: Shape
  readonly support: Support
}

/** A string. */
export const text: Shape = { kind: "text" }
/** A scalar kept as it is spelled. */
export const scalar: Shape = { kind: "scalar" }
/** A whole number. */
export const number: Shape = { kind: "number" }
/** A whole number from 0. */
export const count: Shape = { kind: "count" }
/** A whole number of seconds. */
export const seconds: Shape = { kind: "seconds" }
/** A whole number that may be put in. */
export const whole: Shape = { kind: "whole" }
/** A duration that may be put in. */
export const duration: Shape = { kind: "duration" }
/** A boolean. */
export const bool: Shape = { kind: "bool" }
/** Anything. */
export const any: Shape = { kind: "any" }
/** A list. */
export const list = (of: Shape): Shape => ({ kind: "list", of })
/** A map of names to values. */
export const map = (of: Shape): Shape => ({ kind: "map", of })
/** An object of the table. */
export const object = (name: string): Shape => ({ kind: "object", name })

/** A supported field. */
export const yes = (shape: Shape): Field => ({ shape, support: { _tag: "Supported" } })
/** A field that is supported in some circumstances only. */
export const sometimes = (shape: Shape, only: string): Field => ({ shape, support: { _tag: "Supported", only } })
/** A field of earlier versions that means what another one means today. */
export const old = (shape: Shape, use: string, into?: string): Field => ({
  shape,
  support: {
    _tag: "Supported",
    only: `Of earlier versions: today ${use}`,
    old: into === undefined ? { use } : { use, into }
  }
})
/** A field that means something to a container engine only. */
export const withEngine = (shape: Shape): Field =>
  sometimes(shape, "With --executor podman or docker; processes of the host have no image")
/** A field without effect. */
export const ignored = (why: string, shape: Shape = any): Field => ({ shape, support: { _tag: "Ignored", why } })
/** A field that stops the manifest from running. */
export const refused = (why: string, shape: Shape = any): Field => ({ shape, support: { _tag: "Refused", why } })

/** Fields by name. */
export type Fields = Readonly<Record<string, Field>>
