import type { ApiTokens, StreamTokens, Tokens } from "@effect-tokens/core"
import { BrowserTransport } from "@effect-tokens/platform-browser"
import { type Laws, Sandbox } from "@effect-tokens/testkit"
import { testLaws } from "@effect-tokens/testkit/vitest"
import * as Layer from "effect/Layer"

/** Laws that make many calls and test the vendor, not the transport. A call from a browser is slow. */
const masses = /\.(?:many-owners|many-tokens|credential-unknown|wrong-credential)$/

const withoutMasses = <Subject, R>(suite: Laws.Suite<Subject, R>): Laws.Suite<Subject, R> => ({
  ...suite,
  laws: suite.laws.filter(({ id }) => !masses.test(id)),
})

/** Tests laws against a sandbox that is served at `url`. */
export const lawsAt = (url: string) => {
  const layer = Sandbox.layerRemote({ url }).pipe(Layer.provide(BrowserTransport.layer()))
  return <Subject>(suite: Laws.Suite<Subject, Tokens | StreamTokens | ApiTokens>): void =>
    testLaws(withoutMasses(suite), layer, { runs: 1 })
}
