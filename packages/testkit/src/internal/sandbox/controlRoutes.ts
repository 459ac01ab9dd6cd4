/** What the routes do that control the sandbox itself. */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Redacted from "effect/Redacted"
import type { Owner } from "../../neuroio/NeuroioControl.ts"
import { none } from "../faults/faultPlan.ts"
import { wireError } from "../../neuroio/internal/wire.ts"
import { SandboxApi } from "./api.ts"
import { CurrentSandbox } from "./state.ts"
import * as UmaaasRules from "../../umaaas/UmaaasRules.ts"
import { wireApiToken, wireCreatedApiToken } from "../../umaaas/internal/wire.ts"
import { errorResponse } from "./wire.ts"
import { isFrozen } from "../simulation.ts"

const mostSnapshots = 100

const wireOwner = ({ key, kind, number }: Owner) => ({ number, kind, key: Redacted.value(key) })

export const layerControlRoutes = HttpApiBuilder.group(
  SandboxApi,
  "sandbox",
  Effect.fnUntraced(function* (handlers) {
    const sandbox = yield* CurrentSandbox
    const { control, neuroio, traffic, umaaas } = sandbox
    const snapshots = new Map<number, Effect.Effect<void>>()
    let taken = 0

    const clock = Effect.map(control.now, (now) => ({
      now: DateTime.formatIso(now),
      frozen: isFrozen(sandbox),
    }))

    return handlers
      .handle("clock", () => clock)
      .handle("setClock", ({ payload: { advance, frozen } }) =>
        Effect.gen(function* () {
          if (frozen === true) yield* control.freeze
          if (advance !== undefined) yield* control.advance(advance)
          if (frozen === false) yield* control.unfreeze
          return yield* clock
        }),
      )
      .handle("spaces", () => Effect.map(neuroio.control.owners, (owners) => owners.map(wireOwner)))
      .handle("addSpace", ({ payload: { kind } }) => Effect.map(neuroio.control.addOwner(kind ?? "space"), wireOwner))
      .handle("umaaas", () =>
        Effect.sync(() => ({
          first: wireCreatedApiToken(umaaas.first),
          tokens: UmaaasRules.tokens(umaaas.world.state).map(wireApiToken),
        })),
      )
      .handle("snapshot", () =>
        Effect.map(control.snapshot, ({ restore }) => {
          const id = ++taken
          snapshots.set(id, restore)
          snapshots.delete(id - mostSnapshots)
          return { id }
        }),
      )
      .handle(
        "restore",
        ({ params: { id } }) =>
          snapshots.get(Number(id)) ??
          Effect.fail(wireError(errorResponse(404, "This snapshot is not kept, or never was."))),
      )
      .handle("faults", () => Effect.sync(traffic.faults.plan))
      .handle("setFaults", ({ payload }) => Effect.sync(() => traffic.faults.set(payload)))
      .handle("clearFaults", () => Effect.sync(() => traffic.faults.set(none)))
      .handle("journal", () => Effect.sync(traffic.journal.snapshot))
      .handle("clearJournal", () => Effect.sync(traffic.journal.clear))
      .handle("reset", () =>
        Effect.andThen(
          control.reset,
          Effect.sync(() => snapshots.clear()),
        ),
      )
  }),
)
