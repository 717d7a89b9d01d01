import { Redacted } from "effect"

/** The credential of `pnpm demo`, printed in the README: it opens nothing that is not a demo. */
export const demoCredential = {
  token: "demoDEMOdemoDEMOdemoDEMOdemoDEMO",
  secret: Redacted.make("demo-secret-demo-secret-demo-secret-demo"),
}
