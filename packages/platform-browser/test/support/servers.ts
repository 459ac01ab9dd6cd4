/** The servers that the tests in the browser call. Node starts them before. */
import { SandboxServer } from "@effect-tokens/cli"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import type { TestProject } from "vitest/node"
import * as Misbehaving from "./misbehaving.ts"
import * as Stage from "./stage.ts"

declare module "vitest" {
  interface ProvidedContext {
    readonly misbehaviours: ReadonlyArray<Misbehaving.Row>
  }
}

const sandbox = (cors: boolean) =>
  Effect.map(Layer.build(Layer.fresh(SandboxServer.layer({ port: 0, cors }))), (context) =>
    Context.get(context, SandboxServer.SandboxServer),
  )

export default (project: TestProject) =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    yield* Effect.gen(function* () {
      project.provide("sandboxUrl", (yield* sandbox(true)).url)
      const { credentials, url } = yield* sandbox(false)
      const { clientId, clientSecret } = credentials.umaaas
      project.provide("backend", {
        url,
        neuroio: `Token ${Redacted.value(credentials.neuroio.account)}`,
        umaaas: `Basic ${btoa(`${clientId}:${Redacted.value(clientSecret)}`)}`,
      })
      project.provide("misbehaviours", yield* Misbehaving.make)
      project.provide("stageUrl", yield* Stage.make)
    }).pipe(Scope.provide(scope))
    return () => Effect.runPromise(Scope.close(scope, Exit.void))
  }).pipe(Effect.runPromise)
