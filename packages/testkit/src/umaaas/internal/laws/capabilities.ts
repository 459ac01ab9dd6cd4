import { ApiTokens } from "@effect-tokens/core"
import * as Context from "effect/Context"
import { type CommonCapabilities, findCapabilities } from "../../../internal/laws/capabilities.ts"
import { type Credential, UmaaasControl } from "../../UmaaasControl.ts"

/**
 * Capabilities of the laws besides the service under test. Laws that need a missing one are skipped, with the reason. A
 * layer with `UmaaasControl`, such as `UmaaasMemory.layer`, has all of them and needs no `Capabilities`.
 *
 * `reset` deletes all tokens but the one that the service acts as. Without it, the laws delete their tokens after each
 * run. No law deletes a token that it did not make.
 *
 * @since 0.1.0
 */
export class Capabilities extends Context.Service<Capabilities, CommonCapabilities<ApiTokens, Credential>>()(
  "@effect-tokens/testkit/ApiTokenLaws/Capabilities",
) {}

/** The capabilities of the harness. */
export const capabilities = findCapabilities(
  Capabilities,
  UmaaasControl,
  (control) => ({ ...control, clock: control }),
  ApiTokens,
  {},
)
