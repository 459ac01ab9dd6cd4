/** The runtime of the page's effects: the browser's transport, and a tracer that records their calls. */
import { BrowserTransport } from "@effect-tokens/platform-browser"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Tracer from "effect/Tracer"
import { makeCallLog } from "../network/callLog.ts"

export const callLog = makeCallLog()

export const runtime = ManagedRuntime.make(
  Layer.mergeAll(
    Layer.orDie(BrowserTransport.layer()),
    FetchHttpClient.layer,
    // As the transport has it: a response may hold keys.
    Layer.succeed(FetchHttpClient.RequestInit, { cache: "no-store", credentials: "omit" }),
    Layer.succeed(Tracer.Tracer, callLog.tracer),
  ),
)

/** The services that effects of the page may need. */
export type PageServices = ManagedRuntime.ManagedRuntime.Services<typeof runtime>
