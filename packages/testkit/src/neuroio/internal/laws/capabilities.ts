import { type StreamTokens, type TokenKey, Tokens } from "@effect-tokens/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Failure } from "../../../Laws.ts"
import { type AllCapabilities, type CommonCapabilities, findCapabilities } from "../../../internal/laws/capabilities.ts"
import { NeuroioControl } from "../../NeuroioControl.ts"
import type { OwnerKind } from "../../NeuroioRules.ts"

/**
 * Capabilities of the laws besides the services under test. Laws that need a missing one are skipped, with the reason. A
 * layer with `NeuroioControl`, such as `NeuroioMemory.layer`, has all of them and needs no `Capabilities`.
 *
 * @since 0.1.0
 */
export class Capabilities extends Context.Service<
  Capabilities,
  CommonCapabilities<Tokens | StreamTokens, TokenKey> & {
    /** Adds an owner without tokens, and gives its credential. It needs `as`. Each run then has owners of its own. */
    readonly addOwner?: (kind: OwnerKind) => Effect.Effect<{ readonly key: TokenKey }, Failure>
    /**
     * Whether laws may delete any token of the account. Defaults to `false`: unless each run has owners of its own, the
     * laws then change only tokens that they made, and delete those after each run.
     */
    readonly destructive?: boolean
  }
>()("@effect-tokens/testkit/TokenLaws/Capabilities") {}

/** The capabilities of the harness. */
export const capabilities = Effect.map(
  findCapabilities(Capabilities, NeuroioControl, (control) => ({ ...control, clock: control }), Tokens, {}),
  ({ capabilities: { addOwner, ...common }, target }) => {
    const capabilities: AllCapabilities<Tokens | StreamTokens, TokenKey, OwnerKind> = {
      ...common,
      ...(addOwner && { addOwner: (kind) => Effect.map(addOwner(kind), ({ key }) => key) }),
    }
    return { capabilities, target }
  },
)
