/** Certificates for the tests alone, made once and good for a hundred years: for `platform.test` and this machine. */
import { readFileSync } from "node:fs"

const read = (file: string) => readFileSync(new URL(`../fixtures/${file}`, import.meta.url), "utf8")

/** The authority that signed the server's certificate. */
export const ca = read("ca.pem")

/** One that signed nothing. */
export const otherCa = read("other-ca.pem")

export const server = { cert: read("server.pem"), key: read("server.key") }

/** A server's that is its own authority, for another name. */
export const elsewhere = { cert: read("elsewhere.pem"), key: read("elsewhere.key") }
