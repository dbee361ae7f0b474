/** The line that makes the command `argo` and clients of Argo talk to this server. */

/** A line for a shell; what is not set here, Argo's command would look for in a cluster. */
export const argoExports = (port: number, token: string, host = "127.0.0.1"): string =>
  `export ARGO_SERVER=${host}:${port} ARGO_HTTP1=true ARGO_SECURE=false ARGO_TOKEN='Bearer ${token}' ` +
  "ARGO_NAMESPACE=argo KUBECONFIG=/dev/null"
