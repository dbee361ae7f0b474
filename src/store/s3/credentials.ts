/**
 * Where credentials come from and how long they are kept.
 *
 * Owns: the last credentials of one store. Invariant: they are used
 * neither after a minute before they expire nor after `forget`.
 */
import process from "node:process"

/** What a request is signed with. */
export interface Credentials {
  /** The id of the access key. */
  readonly accessKeyId: string
  /** The secret that signs; it is never sent. */
  readonly secretAccessKey: string
  /** The token that temporary credentials come with. */
  readonly sessionToken?: string | undefined
  /** When they cease to work; without it a source is asked again after a minute. */
  readonly expiration?: Date | undefined
}

/** Credentials, or a function that gets them; it is asked again when they expire or are refused as expired. */
export type CredentialSource = Credentials | (() => Promise<Credentials>)

/**
 * The standard chain of AWS: environment, shared config and profiles, SSO, process, web identity, containers, instance
 * metadata. Needs the package `@aws-sdk/credential-providers`, which is an optional peer.
 */
export const standardCredentials = (options: { readonly profile?: string } = {}): () => Promise<Credentials> => {
  let chain: Promise<() => Promise<Credentials>> | undefined
  return async () => {
    chain ??= loadChain().then((make) => make(options))
    chain.catch(() => chain = undefined)
    return (await chain)()
  }
}

const loadChain = async () => {
  try {
    return (await import("@aws-sdk/credential-providers")).fromNodeProviderChain
  } catch (cause) {
    throw new Error(
      "there are no credentials in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Give the option credentials, or install " +
        "@aws-sdk/credential-providers for profiles, SSO, web identity and instance roles",
      { cause }
    )
  }
}

/** The environment's access key, else the standard chain. */
export const defaultCredentials = (): () => Promise<Credentials> => {
  const chain = standardCredentials()
  return () => {
    const { AWS_ACCESS_KEY_ID, AWS_PROFILE, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env
    if (AWS_PROFILE !== undefined || AWS_ACCESS_KEY_ID === undefined || AWS_SECRET_ACCESS_KEY === undefined) {
      return chain()
    }
    const [accessKeyId, secretAccessKey] = [AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY]
    return Promise.resolve({ accessKeyId, secretAccessKey, sessionToken: AWS_SESSION_TOKEN })
  }
}

const margin = 60_000

/** The credentials of one store. */
export class CredentialKeeper {
  readonly #source: () => Promise<Credentials>
  #current: Promise<Credentials> | undefined
  #until = 0

  constructor(source: CredentialSource) {
    this.#source = typeof source === "function" ? source : () => Promise.resolve(source)
  }

  /** The credentials to use now, in milliseconds since 1970; those who ask at once share one answer. */
  get(now: number): Promise<Credentials> {
    if (this.#current === undefined || now >= this.#until) this.#renew(now)
    return this.#current!
  }

  /** They were refused as expired. */
  forget(): void {
    this.#current = undefined
  }

  #renew(now: number): void {
    const current = this.#source()
    this.#current = current
    this.#until = now + margin
    current.then(
      ({ expiration }) => {
        if (expiration !== undefined && this.#current === current) this.#until = expiration.getTime() - margin
      },
      () => this.forget()
    )
  }
}
