/** A certificate authority and a server's certificate, made for the test by OpenSSL. */
import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

export interface Certificates {
  readonly ca: string
  readonly cert: string
  readonly key: string
}

export const makeCertificates = (): Certificates => {
  const folder = mkdtempSync(join(tmpdir(), "effect-tokens-tls-"))
  const openssl = (...args: ReadonlyArray<string>) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" })
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
  openssl("req", "-x509", ...newKey, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Test CA")
  openssl("req", "-new", ...newKey, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
  writeFileSync(join(folder, "san.ext"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n")
  const sign = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "san.ext"]
  openssl("x509", "-req", "-in", "server.csr", "-out", "server.pem", ...sign)
  const read = (file: string) => readFileSync(join(folder, file), "utf8")
  return { ca: read("ca.pem"), cert: read("server.pem"), key: read("server.key") }
}
