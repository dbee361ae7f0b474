/** Functions of Sprig that are not here, each with the reason. */
const environment = "expressions do not read the environment, and Argo has none of it either"
const keys = "it makes keys or certificates: make them in a container, where they stay out of the record of the run"
const slow = "it is made to be slow: hash in a container"

/** The reasons by name. */
export const absent: Readonly<Record<string, string>> = {
  env: environment,
  expandenv: environment,
  getHostByName: "expressions do not ask the network",
  bcrypt: slow,
  htpasswd: slow,
  derivePassword: slow,
  genPrivateKey: keys,
  buildCustomCert: keys,
  genCA: keys,
  genCAWithKey: keys,
  genSelfSignedCert: keys,
  genSelfSignedCertWithKey: keys,
  genSignedCert: keys,
  genSignedCertWithKey: keys
}
