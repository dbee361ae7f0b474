/** The part of the support table about artifacts. */
import { any, bool, count, type Fields, ignored, list, map, object, refused, scalar, text, yes } from "./Field.ts"

const location = "Artifacts are read from S3, HTTP, git, raw text, the engine's store and other nodes"
const local = "Artifacts of such stores are kept in the engine's store"
const secret = yes(object("KeySelector"))

/** Objects by name. */
export const artifactTables: Readonly<Record<string, Fields>> = {
  Artifact: {
    name: yes(text),
    path: yes(text),
    from: yes(text),
    fromExpression: yes(text),
    raw: yes(object("Raw")),
    s3: yes(object("S3")),
    gcs: yes(object("Bucket")),
    oss: yes(object("Bucket")),
    azure: yes(object("Bucket")),
    optional: yes(bool),
    subPath: yes(text),
    globalName: yes(text),
    mode: yes(scalar),
    recurseMode: yes(bool),
    archive: yes(map(any)),
    archiveLogs: ignored("Logs are always kept with the run", bool),
    artifactGC: yes(object("ArtifactGC")),
    deleted: ignored("Filled in by the run", bool),
    http: yes(object("HttpSource")),
    git: yes(object("GitSource")),
    hdfs: refused(location),
    artifactory: refused(location),
    plugin: refused(location)
  },
  ArtifactGC: {
    strategy: yes(text),
    podMetadata: ignored("There are no pods"),
    serviceAccountName: ignored("There are no service accounts", text),
    podSpecPatch: ignored("There are no pods", text),
    forceFinalizerRemoval: ignored("Nothing keeps a run from being deleted", bool)
  },
  Raw: { data: yes(text) },
  S3: {
    key: yes(text),
    bucket: yes(text),
    endpoint: yes(text),
    region: yes(text),
    insecure: yes(bool),
    accessKeySecret: secret,
    secretKeySecret: secret,
    sessionTokenSecret: secret,
    useSDKCreds: yes(bool),
    roleARN: ignored("Credentials are those of the secrets or of the environment", text),
    createBucketIfNotPresent: ignored("Buckets are not made"),
    encryptionOptions: ignored("The bucket's own encryption applies"),
    caSecret: ignored("Certificates are checked as this process checks them: set NODE_EXTRA_CA_CERTS"),
    addressingStyle: ignored("Chosen by the endpoint", text)
  },
  Bucket: {
    key: yes(text),
    blob: yes(text),
    ...Object.fromEntries(
      [
        "bucket",
        "endpoint",
        "accessKeySecret",
        "secretKeySecret",
        "serviceAccountKeySecret",
        "useSDKCreds",
        "createBucketIfNotPresent",
        "container",
        "accountKeySecret",
        "securityToken",
        "lifecycleRule"
      ].map((name) => [name, ignored(local)])
    )
  },
  RepositoryRef: { configMap: yes(text), key: yes(text) },
  ArchiveLocation: {
    s3: yes(object("S3")),
    archiveLogs: ignored("Logs are always kept with the run", bool),
    ...Object.fromEntries(["gcs", "oss", "azure", "hdfs", "artifactory", "http", "git", "raw", "plugin"].map((name) => [
      name,
      ignored(local)
    ]))
  },
  HttpSource: { url: yes(text), headers: yes(list(object("HttpHeader"))), auth: yes(object("HttpAuth")) },
  HttpAuth: {
    basicAuth: yes(object("BasicAuth")),
    clientCert: refused("Use basicAuth or a header"),
    oauth2: refused("Use basicAuth or a header")
  },
  BasicAuth: { usernameSecret: secret, passwordSecret: secret },
  GitSource: {
    repo: yes(text),
    revision: yes(text),
    branch: yes(text),
    singleBranch: yes(bool),
    depth: yes(count),
    fetch: yes(list(text)),
    disableSubmodules: yes(bool),
    usernameSecret: secret,
    passwordSecret: secret,
    sshPrivateKeySecret: secret,
    insecureIgnoreHostKey: yes(bool),
    insecureSkipTLS: yes(bool)
  }
}
