import { BrowserNeuroio } from "@effect-tokens/platform-browser"
import { ApiTokenLaws, type Laws, Sandbox, TokenLaws } from "@effect-tokens/testkit"
import { testLaws } from "@effect-tokens/testkit/vitest"
import * as Layer from "effect/Layer"

/** They say something of the platform, by many calls, and nothing of a transport. A call from a browser takes its time. */
const masses = /\.(?:many-owners|many-tokens|credential-unknown|wrong-credential)$/

const withoutMasses = <World, R>(suite: Laws.Suite<World, R>): Laws.Suite<World, R> => ({
  ...suite,
  laws: suite.laws.filter(({ id }) => !masses.test(id)),
})

/** Makes tests of the laws, on a sandbox that is served there. */
export const testLawsAt = (url: string): void => {
  const layer = Sandbox.layerRemote({ url: url.startsWith("/") ? location.origin + url : url }).pipe(
    Layer.provide(BrowserNeuroio.layerHttpClient()),
  )
  testLaws(withoutMasses(TokenLaws.tokens), layer, { runs: 1 })
  testLaws(withoutMasses(TokenLaws.streamTokens), layer, { runs: 1 })
  testLaws(withoutMasses(ApiTokenLaws.apiTokens), layer, { runs: 1 })
}
