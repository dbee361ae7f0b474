/** What a failed file operation means. */
import {
  type ArtifactError,
  artifactError,
  type ArtifactOperation,
  type ArtifactReason
} from "../../artifact/ArtifactError.ts"

/** The operation that failed. */
export interface DiskPlace {
  readonly operation: ArtifactOperation
  readonly store: string
  readonly key: string
}

const meanings: Readonly<Record<string, readonly [ArtifactReason, string]>> = {
  ENOENT: ["NotFound", "there is no such object"],
  ENOTDIR: ["NotFound", "there is no such object"],
  EEXIST: ["Exists", "there is an object with this key"],
  EACCES: ["AccessDenied", "the file permissions do not allow it"],
  EPERM: ["AccessDenied", "the system does not allow it"],
  EROFS: ["AccessDenied", "the disk is mounted read-only"],
  ENOSPC: ["NoSpace", "the disk is full. Free some space and try again"],
  EDQUOT: ["NoSpace", "the disk quota is used up. Free some space and try again"],
  EFBIG: ["TooLarge", "the file system takes no file of this size"],
  ENAMETOOLONG: ["InvalidKey", "the path is longer than the system allows. Use a shorter key or directory"],
  EMFILE: ["Throttled", "too many files are open"],
  ENFILE: ["Throttled", "too many files are open"],
  EBUSY: ["Throttled", "the file is in use"],
  ENOTSUP: ["Unsupported", "the file system cannot do this"],
  EAGAIN: ["Throttled", "the system is out of resources for the moment"],
  ESTALE: ["Unreachable", "the network disk lost the file"],
  ETIMEDOUT: ["Unreachable", "the network disk did not answer"]
}

const removed = "the file or its folder was removed while it was written; was it swept too early?"

/** The error of a failed file operation; codes without a meaning of their own are `Io`. */
export const diskError = (place: DiskPlace, cause: unknown): ArtifactError => {
  const { code = "", message } = cause as NodeJS.ErrnoException
  if (place.operation === "put" && isAbsent(cause)) return artifactError("Unreachable", place, removed)
  const [reason, meaning] = meanings[code] ?? ["Io", message ?? String(cause)]
  return artifactError(reason, place, meanings[code] === undefined ? meaning : `${meaning} (${code})`)
}

/** Whether a failed file operation means that there was nothing. */
export const isAbsent = (cause: unknown): boolean => {
  const { code } = cause as NodeJS.ErrnoException
  return code === "ENOENT" || code === "ENOTDIR"
}
