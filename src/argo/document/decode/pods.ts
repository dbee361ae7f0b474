/** Fields of pods: nearly all of them only mean something to a cluster. */
import { type Fields, ignored, object, withEngine } from "./Field.ts"

const why = "Only means something to a cluster"

/** Accepted on workflows and templates alike. */
export const pods: Fields = {
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
    "nodeSelector",
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
