/** The laws hold for the in-memory services inside a browser. */
import { ApiTokenLaws, NeuroioMemory, TokenLaws, UmaaasMemory } from "@effect-tokens/testkit"
import { testLaws } from "@effect-tokens/testkit/vitest"

testLaws(TokenLaws.tokens, NeuroioMemory.layer, { runs: 5 })
testLaws(TokenLaws.streamTokens, NeuroioMemory.layer, { runs: 5 })
testLaws(ApiTokenLaws.apiTokens, UmaaasMemory.layer, { runs: 5 })
