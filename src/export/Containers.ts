/**
 * Templates, and the containers that run this workflow's own functions.
 *
 * Owns: the list of templates and their names. Invariant: a name belongs to one template.
 */
import { Names } from "./Names.ts"
import type { Verb } from "./exec/ExecRequest.ts"

/** A part of a manifest, as it is written. */
export type Yaml = Readonly<Record<string, unknown>>

/** A text by name, as an argument. */
export interface Argument {
  readonly name: string
  readonly value: string
}

/** How the image is called. */
export interface ImageOptions {
  /** The image that holds the module and the command `pinnace`. */
  readonly image: string
  /** The module inside the image; default the one that was exported. */
  readonly module: string
  /** Digest of the workflow that the image has to hold. */
  readonly version: string
  /** The name of the workflow that the module exports. */
  readonly workflow: string
  /** Variables of the containers from Secrets: `{ API_KEY: { name: "keys", key: "api" } }`. */
  readonly secrets: Readonly<Record<string, { readonly name: string; readonly key: string }>>
  /** Where bodies keep artifacts: `s3://bucket/prefix`, or a folder that all containers mount. */
  readonly store: string | undefined
}

/** A container. */
export interface ContainerSpec {
  readonly name: string
  readonly verb: Verb
  readonly path: ReadonlyArray<string>
  readonly parameters: ReadonlyArray<string>
  readonly outputs: ReadonlyArray<string>
  /** Whether it may be one of several attempts. */
  readonly isTriedAgain?: boolean
  /** Further fields of its template. */
  readonly more?: Yaml
}

/** See the head of the file. */
export class Containers {
  readonly templates: Array<Yaml> = []
  readonly #names = new Names()
  readonly #image: ImageOptions

  constructor(image: ImageOptions) {
    this.#image = image
  }

  /** A free name for a template. */
  name(...words: ReadonlyArray<string>): string {
    return this.#names.free(words.join("-"))
  }

  /** Adds a template; answers its name. */
  add(template: Yaml & { readonly name: string }): string {
    this.templates.push(template)
    return template.name
  }

  /** Adds a container; answers the name of its template. */
  container({ isTriedAgain = false, more = {}, name, outputs, parameters, path, verb }: ContainerSpec): string {
    const { image, module, secrets, store, version, workflow } = this.#image
    const folder = "/tmp/pinnace-out/{{pod.name}}"
    const env = Object.entries(secrets).map(([variable, secret]) => ({
      name: variable,
      valueFrom: { secretKeyRef: { name: secret.name, key: secret.key } }
    }))
    const words = ["exec-node", module, `--workflow=${workflow}`, `--version-of=${version}`, `--do=${verb}`]
    return this.add({
      name,
      ...parameters.length === 0 ? {} : { inputs: { parameters: parameters.map((it) => ({ name: it })) } },
      container: {
        image,
        command: ["pinnace"],
        args: [
          ...words,
          ...path.map((it) => `--node=${it}`),
          `--out=${folder}`,
          "--run={{workflow.uid}}",
          ...store === undefined ? [] : [`--store=${store}`],
          ...isTriedAgain ? ["--retries={{retries}}"] : [],
          ...parameters.flatMap((it) => ["-p", `${it}={{inputs.parameters.${it}}}`])
        ],
        ...env.length === 0 ? {} : { env }
      },
      ...outputs.length === 0 ? {} : {
        outputs: { parameters: outputs.map((it) => ({ name: it, valueFrom: { path: `${folder}/${it}` } })) }
      },
      ...more
    })
  }
}

/** Arguments that hand parameters of the template on. */
export const handedOn = (names: ReadonlyArray<string>): ReadonlyArray<Argument> =>
  names.map((name) => ({ name, value: `{{inputs.parameters.${name}}}` }))

/** An output of a task, or nothing where the task has none. */
export const outputOf = (task: string, output: string): string =>
  `{{=tasks['${task}']?.outputs?.parameters?.['${output}'] ?? ''}}`

/** The `depends` of a task, where it has one. */
export const dependent = (depends: string | undefined): Yaml => depends === undefined ? {} : { depends }

/** The arguments of a task, where it has any. */
export const argumentsOf = (parameters: ReadonlyArray<Argument>): Yaml =>
  parameters.length === 0 ? {} : { arguments: { parameters } }
