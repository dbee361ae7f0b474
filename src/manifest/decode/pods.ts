/** Fields that only mean something to a cluster. */
import { type Fields, ignored } from "./Field.ts"

const why = "Only means something to a cluster"

/** Accepted on workflows and templates alike. */
export const pods: Fields = Object.fromEntries(
  [
    "affinity",
    "automountServiceAccountToken",
    "dnsConfig",
    "dnsPolicy",
    "executor",
    "hostAliases",
    "hostNetwork",
    "imagePullSecrets",
    "nodeSelector",
    "podDisruptionBudget",
    "podMetadata",
    "podPriorityClassName",
    "podResources",
    "podSpecPatch",
    "priorityClassName",
    "resourceClaims",
    "schedulerName",
    "securityContext",
    "serviceAccountName",
    "tolerations"
  ].map((name) => [name, ignored(why)])
)
