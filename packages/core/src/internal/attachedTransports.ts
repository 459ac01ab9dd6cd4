/** Which `HttpClient` has a transport attached. `Transport.attach` puts them here. */
import type * as HttpClient from "effect/http/HttpClient"
import type { Send } from "../Transport.ts"

export const transports = new WeakMap<HttpClient.HttpClient, Send>()
