/** Puts the laws of API tokens to a platform until one does not hold. */
import { ApiTokenLaws } from "@effect-tokens/testkit"
import { killersOf } from "../kill.ts"

export const { firstKill, killBy, tryLaw } = killersOf([ApiTokenLaws.apiTokens])
