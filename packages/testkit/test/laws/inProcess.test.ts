/** The laws hold for the whole client over the sandbox's routes, without a socket. */
import { ApiTokenLaws, Sandbox, TokenLaws } from "@effect-tokens/testkit"
import { testLaws } from "@effect-tokens/testkit/vitest"

testLaws(TokenLaws.tokens, Sandbox.layer(), { runs: 6 })
testLaws(TokenLaws.streamTokens, Sandbox.layer(), { runs: 6 })
testLaws(ApiTokenLaws.apiTokens, Sandbox.layer(), { runs: 4 })
