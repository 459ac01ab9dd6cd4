/** The platforms in memory run inside a browser, without any server, and the laws hold for them there. */
import { ApiTokenLaws, NeuroioMemory, TokenLaws, UmaaasMemory } from "@effect-tokens/testkit"
import { testLaws } from "@effect-tokens/testkit/vitest"

testLaws(TokenLaws.tokens, NeuroioMemory.layer, { runs: 5 })
testLaws(TokenLaws.streamTokens, NeuroioMemory.layer, { runs: 5 })
testLaws(ApiTokenLaws.apiTokens, UmaaasMemory.layer, { runs: 5 })
