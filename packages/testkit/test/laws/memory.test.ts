/** The laws hold for the platform in memory. */
import { NeuroioMemory, TokenLaws } from "@effect-tokens/testkit"
import { testLaws } from "@effect-tokens/testkit/vitest"

testLaws(TokenLaws.tokens, NeuroioMemory.layer)
testLaws(TokenLaws.streamTokens, NeuroioMemory.layer)
