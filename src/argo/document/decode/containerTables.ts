/** The part of the support table about containers and volumes. */
import {
  any,
  bool,
  duration,
  type Fields,
  ignored,
  list,
  map,
  object,
  refused,
  scalar,
  text,
  whole,
  withEngine,
  yes
} from "./Field.ts"

const pod = "Only means something to a cluster"

const container: Fields = {
  name: ignored("The main container is called main", text),
  image: withEngine(text),
  command: yes(list(text)),
  args: yes(list(scalar)),
  env: yes(list(object("EnvVar"))),
  envFrom: yes(list(object("EnvFrom"))),
  workingDir: yes(text),
  volumeMounts: yes(list(object("VolumeMount"))),
  volumeDevices: refused("Block devices need a cluster"),
  imagePullPolicy: withEngine(text),
  resources: ignored("Processes are not limited"),
  ports: yes(list(map(any))),
  livenessProbe: ignored(pod),
  readinessProbe: yes(map(any)),
  startupProbe: ignored(pod),
  lifecycle: ignored(pod),
  securityContext: withEngine(object("SecurityContext")),
  terminationMessagePath: ignored(pod),
  terminationMessagePolicy: ignored(pod),
  stdin: ignored("Nobody types", bool),
  stdinOnce: ignored("Nobody types", bool),
  tty: ignored("There is no terminal", bool),
  resizePolicy: ignored(pod),
  restartPolicy: ignored(pod)
}

/** Of a container that is not the main one. */
const beside: Fields = {
  ...container,
  name: yes(text),
  ports: ignored("Read of main containers: for readiness probes, and for where a plugin listens", list(map(any))),
  readinessProbe: ignored("The node is ready when its main container is", map(any))
}

/** Objects by name. */
export const containerTables: Readonly<Record<string, Fields>> = {
  SecurityContext: {
    runAsUser: withEngine(scalar),
    runAsGroup: withEngine(scalar),
    ...Object.fromEntries(
      [
        "allowPrivilegeEscalation",
        "appArmorProfile",
        "capabilities",
        "fsGroup",
        "fsGroupChangePolicy",
        "privileged",
        "procMount",
        "readOnlyRootFilesystem",
        "runAsNonRoot",
        "seLinuxChangePolicy",
        "seLinuxOptions",
        "seccompProfile",
        "supplementalGroups",
        "supplementalGroupsPolicy",
        "sysctls",
        "windowsOptions"
      ].map((name) => [name, ignored(pod)])
    )
  },
  Container: container,
  Script: { ...container, source: yes(text) },
  Sidecar: { ...beside, mirrorVolumeMounts: yes(bool) },
  ContainerSet: {
    containers: yes(list(object("SetMember"))),
    volumeMounts: yes(list(object("VolumeMount"))),
    retryStrategy: yes(object("SetRetry"))
  },
  SetMember: { ...beside, dependencies: yes(list(text)) },
  SetRetry: { retries: yes(whole), duration: yes(duration) },
  Http: {
    url: yes(text),
    method: yes(text),
    headers: yes(list(object("HttpHeader"))),
    body: yes(text),
    bodyFrom: refused("Write the body as text"),
    timeoutSeconds: yes(whole),
    insecureSkipVerify: refused("Certificates are always checked", bool),
    successCondition: yes(text)
  },
  HttpHeader: { name: yes(text), value: yes(scalar), valueFrom: yes(object("HeaderSource")) },
  HeaderSource: { secretKeyRef: yes(object("KeySelector")) },
  Data: { source: yes(object("DataSource")), transformation: yes(list(object("Transformation"))) },
  DataSource: { artifactPaths: yes(object("Artifact")) },
  Transformation: { expression: yes(text) },
  EnvVar: { name: yes(text), value: yes(scalar), valueFrom: yes(object("EnvSource")) },
  EnvSource: {
    configMapKeyRef: yes(object("KeySelector")),
    secretKeyRef: yes(object("KeySelector")),
    fieldRef: yes(any),
    resourceFieldRef: ignored("Processes are not limited")
  },
  EnvFrom: { prefix: yes(text), configMapRef: yes(object("KeySelector")), secretRef: yes(object("KeySelector")) },
  VolumeMount: {
    name: yes(text),
    mountPath: yes(text),
    subPath: yes(text),
    readOnly: withEngine(bool),
    mountPropagation: ignored(pod),
    subPathExpr: refused("Write the path out in subPath"),
    recursiveReadOnly: ignored(pod)
  },
  Volume: {
    name: yes(text),
    emptyDir: yes(map(any)),
    hostPath: yes(object("HostPath")),
    persistentVolumeClaim: yes(map(any)),
    configMap: yes(object("VolumeSource")),
    secret: yes(object("VolumeSource")),
    downwardAPI: refused("There are no pods to read from"),
    projected: refused("Mount its parts one by one"),
    csi: refused("Needs a cluster"),
    nfs: refused("Mount it on the host and use hostPath"),
    ephemeral: refused("Use emptyDir"),
    image: refused("Images are not used")
  },
  HostPath: { path: yes(text), type: yes(text) },
  VolumeSource: {
    name: yes(text),
    secretName: yes(text),
    items: yes(list(map(any))),
    optional: yes(bool),
    defaultMode: ignored("Files are readable")
  }
}
