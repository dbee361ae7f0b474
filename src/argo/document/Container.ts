/** Containers of templates and plugins, with what they see: environment variables and volumes. */
import type { KeySelector } from "./Locations.ts"

/** As whom a container runs. */
export interface SecurityContext {
  readonly runAsUser?: string
  readonly runAsGroup?: string
}

/** A command to run. */
export interface Container {
  readonly name?: string
  readonly image?: string
  readonly imagePullPolicy?: string
  readonly securityContext?: SecurityContext
  readonly command?: ReadonlyArray<string>
  readonly args?: ReadonlyArray<string>
  readonly env?: ReadonlyArray<EnvVar>
  readonly envFrom?: ReadonlyArray<{
    readonly prefix?: string
    readonly configMapRef?: KeySelector
    readonly secretRef?: KeySelector
  }>
  readonly workingDir?: string
  readonly readinessProbe?: Probe
  readonly ports?: ReadonlyArray<{ readonly name?: string; readonly containerPort?: number }>
  readonly volumeMounts?: ReadonlyArray<VolumeMount>
  /** Of init containers and sidecars: whether the volumes of the main container are theirs too. */
  readonly mirrorVolumeMounts?: boolean
}

/** Where a container sees a volume. */
export interface VolumeMount {
  readonly name?: string
  readonly mountPath?: string
  readonly subPath?: string
  readonly readOnly?: boolean
}

/** A command that is given a file to run. */
export interface Script extends Container {
  readonly source?: string
}

/** Several containers in one node. */
export interface ContainerSet {
  readonly containers?: ReadonlyArray<Container & { readonly dependencies?: ReadonlyArray<string> }>
  /** Of all its containers. */
  readonly volumeMounts?: ReadonlyArray<VolumeMount>
  readonly retryStrategy?: { readonly retries?: string; readonly duration?: string }
}

/** An environment variable. */
export interface EnvVar {
  readonly name?: string
  readonly value?: string
  readonly valueFrom?: {
    readonly configMapKeyRef?: KeySelector
    readonly secretKeyRef?: KeySelector
    readonly fieldRef?: { readonly fieldPath?: string }
  }
}

/** A directory that containers share. */
export interface Volume {
  readonly name?: string
  readonly emptyDir?: object
  readonly hostPath?: { readonly path?: string; readonly type?: string }
  readonly persistentVolumeClaim?: { readonly claimName?: string }
  readonly configMap?: {
    readonly name?: string
    readonly optional?: boolean
    readonly items?: ReadonlyArray<{ readonly key?: string; readonly path?: string }>
  }
  readonly secret?: {
    readonly secretName?: string
    readonly optional?: boolean
    readonly items?: ReadonlyArray<{ readonly key?: string; readonly path?: string }>
  }
}

/** When a container counts as ready. */
export interface Probe {
  readonly httpGet?: {
    readonly path?: string
    readonly port?: number | string
    readonly scheme?: string
    readonly httpHeaders?: ReadonlyArray<{ readonly name: string; readonly value: string }>
  }
  readonly tcpSocket?: { readonly port?: number | string }
  readonly exec?: { readonly command?: ReadonlyArray<string> }
  readonly initialDelaySeconds?: number
  readonly periodSeconds?: number
  readonly timeoutSeconds?: number
  readonly successThreshold?: number
}
