/** The routes that control the sandbox itself, for tests in any language. */
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { faultsOf, Plan } from "../faults/faultPlan.ts"
import { VendorErrors, wireErrors } from "../../neuroio/internal/api.ts"
import { Snapshot } from "../journal/callLog.ts"
import { WireApiToken, WireCreatedApiToken } from "../../umaaas/internal/api.ts"

export const ClockState = Schema.Struct({
  now: Schema.String.annotate({ description: "The platforms' time, ISO 8601" }),
  frozen: Schema.Boolean.annotate({ description: "Whether it stands still but for `advance`" }),
}).annotate({ identifier: "Clock" })

const aCentury = 100 * 365 * 24 * 60 * 60 * 1000

const ClockChange = Schema.Struct({
  frozen: Schema.optionalKey(Schema.Boolean),
  advance: Schema.optionalKey(
    Schema.Int.check(
      Schema.isBetween(
        { minimum: 0, maximum: aCentury },
        { expected: "a whole number of milliseconds, from 0 to a hundred years" },
      ),
    ),
  ).annotate({ description: "How far to move it on, in milliseconds" }),
})

const OwnerKind = Schema.Literals(["account", "space", "manager"])

/** Keys of a sandbox open nothing else: to be handed out is what these are for. */
export const WireOwner = Schema.Struct({
  number: Schema.Int,
  kind: OwnerKind,
  key: Schema.String.annotate({ description: "The owner's own credential: none of its tokens" }),
}).annotate({ identifier: "Owner" })

export const WireUmaaas = Schema.Struct({
  first: WireCreatedApiToken.annotate({ description: "The token that is there from the beginning, with its secret" }),
  tokens: Schema.Array(WireApiToken).annotate({ description: "All that are there now, in the order of creation" }),
}).annotate({ identifier: "Umaaas" })

export const WireSnapshot = Schema.Struct({ id: Schema.Int }).annotate({ identifier: "Snapshot" })

const ServedPlan = Plan.annotate({ identifier: "Faults" }).check(
  Schema.makeFilter((plan) =>
    faultsOf(plan).some(({ _tag }) => _tag === "Refused")
      ? "Refused cannot be planned here: the connection is there by the time of the call. Reset breaks it."
      : undefined,
  ),
)

const Journal = Snapshot.annotate({ identifier: "Journal" })

export const controlPath = "/_sandbox"

export const controlGroup = HttpApiGroup.make("sandbox")
  .add(
    HttpApiEndpoint.get("clock", `${controlPath}/clock`, { success: ClockState }).annotate(
      OpenApi.Summary,
      "Read the time, which is that of all platforms",
    ),
    HttpApiEndpoint.patch("setClock", `${controlPath}/clock`, {
      payload: ClockChange,
      success: ClockState,
      error: wireErrors[400],
    }).annotate(OpenApi.Summary, "Freeze the time, let it go on, or move it"),
    HttpApiEndpoint.get("spaces", `${controlPath}/spaces`, { success: Schema.Array(WireOwner) }).annotate(
      OpenApi.Summary,
      "List the owners with their credentials, the account first",
    ),
    HttpApiEndpoint.post("addSpace", `${controlPath}/spaces`, {
      payload: Schema.Struct({ kind: Schema.optionalKey(OwnerKind) }),
      success: WireOwner.pipe(HttpApiSchema.status(201)),
      error: wireErrors[400],
    }).annotate(OpenApi.Summary, "Add an owner without tokens, a space unless `kind` says otherwise"),
    HttpApiEndpoint.get("umaaas", `${controlPath}/umaaas`, { success: WireUmaaas }).annotate(
      OpenApi.Summary,
      "Read the API token to begin with, and those that are there",
    ),
    HttpApiEndpoint.post("snapshot", `${controlPath}/snapshots`, {
      success: WireSnapshot.pipe(HttpApiSchema.status(201)),
    }).annotate(OpenApi.Summary, "Keep the state of all platforms; the last 100 are kept"),
    HttpApiEndpoint.post("restore", `${controlPath}/snapshots/:id/restore`, {
      params: { id: Schema.String },
      success: HttpApiSchema.NoContent,
      error: wireErrors[404],
    }).annotate(OpenApi.Summary, "Go back to a state that was kept; the time is not part of it"),
    HttpApiEndpoint.get("faults", `${controlPath}/faults`, { success: ServedPlan }).annotate(
      OpenApi.Summary,
      "Read the plan of faults: without rules, nothing goes wrong",
    ),
    HttpApiEndpoint.put("setFaults", `${controlPath}/faults`, {
      payload: ServedPlan,
      success: HttpApiSchema.NoContent,
      error: wireErrors[400],
    }).annotate(OpenApi.Summary, "Plan what goes wrong with the calls from now on"),
    HttpApiEndpoint.delete("clearFaults", `${controlPath}/faults`, { success: HttpApiSchema.NoContent }).annotate(
      OpenApi.Summary,
      "Let nothing go wrong any more",
    ),
    HttpApiEndpoint.get("journal", `${controlPath}/journal`, { success: Journal }).annotate(
      OpenApi.Summary,
      "Read what was called, by whom, and what was answered: the last 1,000 calls",
    ),
    HttpApiEndpoint.delete("clearJournal", `${controlPath}/journal`, { success: HttpApiSchema.NoContent }).annotate(
      OpenApi.Summary,
      "Forget what was called",
    ),
    HttpApiEndpoint.post("reset", `${controlPath}/reset`, { success: HttpApiSchema.NoContent }).annotate(
      OpenApi.Summary,
      "Go back to the beginning: no tokens but the first API token, no added owners, no faults, an empty journal, the time of this machine",
    ),
  )
  .middleware(VendorErrors)
  // A misspelt field may mean the contrary of what was meant: none is passed over.
  .annotate(HttpApi.PayloadParseOptions, { onExcessProperty: "error" })
  .annotateMerge(
    OpenApi.annotations({
      title: "Control of the sandbox",
      description: "Not part of the platform. Needs no credential.",
    }),
  )
