import { Tokens } from "@effect-tokens/core"
import { NodeNeuroio } from "@effect-tokens/platform-node"
import { NodeRuntime } from "@effect/platform-node"
import { Effect, Redacted } from "effect"
const bad = Effect.flatMap(Tokens, (t) => t.list())
const go = bad.pipe(Effect.provide(NodeNeuroio.layer({ apiToken: Redacted.make("abc"), iamUrl: process.argv[2]! })))
const e = await Effect.runPromise(Effect.flip(go)); console.log(e); console.log(JSON.stringify(e))
NodeRuntime.runMain(go)
