/** The part of the support table about artifacts. */
import { any, bool, type Fields, ignored, map, object, refused, scalar, text, yes } from "./Field.ts"

const location = "Only keys in the local artifact directory, raw text and other nodes' artifacts can be read"

/** Objects by name. */
export const artifactTables: Readonly<Record<string, Fields>> = {
  Artifact: {
    name: yes(text),
    path: yes(text),
    from: yes(text),
    fromExpression: yes(text),
    raw: yes(object("Raw")),
    s3: yes(object("S3")),
    gcs: yes(object("S3")),
    oss: yes(object("S3")),
    azure: yes(object("S3")),
    optional: yes(bool),
    subPath: yes(text),
    globalName: yes(text),
    mode: yes(scalar),
    recurseMode: yes(bool),
    archive: yes(map(any)),
    archiveLogs: ignored("Logs are always kept with the run", bool),
    artifactGC: yes(object("ArtifactGC")),
    deleted: ignored("Filled in by the run", bool),
    http: refused(location),
    git: refused(location),
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
    blob: yes(text),
    ...Object.fromEntries(
      [
        "bucket",
        "endpoint",
        "region",
        "insecure",
        "accessKeySecret",
        "secretKeySecret",
        "sessionTokenSecret",
        "serviceAccountKeySecret",
        "useSDKCreds",
        "createBucketIfNotPresent",
        "encryptionOptions",
        "caSecret",
        "roleARN",
        "container",
        "accountKeySecret",
        "securityToken",
        "lifecycleRule",
        "addressingStyle"
      ].map((name) => [name, ignored("Artifacts are kept in a local directory")])
    )
  }
}
