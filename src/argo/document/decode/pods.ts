/** Fields of pods: nearly all of them only mean something to a cluster. */
import { type Fields, ignored, map, object, scalar, sometimes, withEngine } from "./Field.ts"

const why = "Only means something to a cluster"

/** Accepted on workflows and templates alike. */
export const pods: Fields = {
  nodeSelector: sometimes(
    map(scalar),
    "By the label pinnace/pool, which names a pool of workers; other labels are the cluster's"
  ),
  securityContext: withEngine(object("SecurityContext")),
  ...Object.fromEntries([
    "affinity",
    "automountServiceAccountToken",
    "dnsConfig",
    "dnsPolicy",
    "executor",
    "hostAliases",
    "hostNetwork",
    "imagePullSecrets",
    "podDisruptionBudget",
    "podMetadata",
    "podPriorityClassName",
    "podResources",
    "podSpecPatch",
    "priorityClassName",
    "resourceClaims",
    "schedulerName",
    "serviceAccountName",
    "tolerations"
  ].map((name) => [name, ignored(why)]))
}
