/** Checks certificates in PEM. */
import * as Predicate from "effect/Predicate"
import { X509Certificate } from "node:crypto"

const certificate = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g
const begin = /-----BEGIN CERTIFICATE-----/g

/** A bundle may hold many. TLS itself passes over what it cannot read, and then trusts less than was meant. */
export const isPem = (pem: unknown): pem is string => {
  if (!Predicate.isString(pem)) return false
  const found = pem.match(certificate) ?? []
  // One that is cut short has a beginning and no end; without any there is no beginning to count.
  if (found.length !== pem.match(begin)?.length) return false
  try {
    return found.every((one) => new X509Certificate(one).raw.length > 0)
  } catch {
    return false
  }
}
