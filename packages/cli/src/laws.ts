/** Tries the laws of tokens on a platform, and tells of each as it goes. */
import { Laws } from "@effect-tokens/testkit"
import * as Config from "effect/Config"
import * as Console from "effect/Console"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { type Place, type Vendor, vendors } from "./vendors.ts"

const SavedCase = Schema.fromJsonString(Schema.Struct({ law: Schema.String, input: Schema.Unknown }))

/** `replay` is a law, a seed and a path, or the JSON text of a saved case. */
export const readReplay = (text: string): Option.Option<Laws.Replay> =>
  Option.orElse(Option.fromUndefinedOr(Laws.readReplay(text)), () => Schema.decodeUnknownOption(SavedCase)(text))

export interface Options {
  readonly target: Place
  readonly laws: ReadonlyArray<string>
  readonly seed: number | undefined
  readonly runs: number | undefined
  readonly replay: Laws.Replay | undefined
}

/** There is no law of that id. */
export class UnknownLaw extends Data.TaggedError("UnknownLaw")<{ readonly law: string }> {}

/** The environment lacks what the real platforms are called with: one of these, with all of its variables. */
export class NoCredential extends Data.TaggedError("NoCredential")<{
  readonly needed: ReadonlyArray<Vendor["credential"]>
}> {}

/** The real platform answers 401 to the credential in these variables. */
export class Refused extends Data.TaggedError("Refused")<{ readonly credential: Vendor["credential"] }> {}

const isSet = (variable: string) => Effect.map(Config.withDefault(Config.String(variable), ""), (text) => text !== "")

/**
 * Those whose credential the environment holds. A vendor whose laws were asked for by name must be among them, and
 * whoever gave a part of a credential meant the whole.
 */
const withCredential = Effect.fnUntraced(function* (asked: ReadonlyArray<Vendor>, byName: boolean) {
  const open: Array<Vendor> = []
  for (const vendor of asked) {
    const set = yield* Effect.filter(vendor.credential, isSet)
    if (set.length === vendor.credential.length) open.push(vendor)
    else if (byName || set.length > 0) return yield* Effect.fail(new NoCredential({ needed: [vendor.credential] }))
  }
  if (open.length > 0) return open
  return yield* Effect.fail(new NoCredential({ needed: asked.map(({ credential }) => credential) }))
})

/** The command that does the same again. */
const commandFor = (target: Place) => (replay: string) =>
  `To replay it: effect-tokens laws --target ${target} --replay ${replay}`

/** Whether all laws hold that could be tried. */
export const tryLaws = Effect.fnUntraced(function* ({ laws, replay, runs, seed, target }: Options) {
  const wanted = replay === undefined ? laws : [replay.law]
  const stranger = wanted.find((id) => !vendors.some((vendor) => vendor.laws.includes(id)))
  if (stranger !== undefined) return yield* Effect.fail(new UnknownLaw({ law: stranger }))
  const byName = wanted.length > 0
  const asked = vendors.filter((vendor) => !byName || vendor.laws.some((id) => wanted.includes(id)))
  const tried = target === "live" ? yield* withCredential(asked, byName) : asked
  if (target === "live") {
    for (const { credential, isRefused } of tried) {
      if (yield* isRefused) return yield* Effect.fail(new Refused({ credential }))
    }
    yield* Effect.forEach(tried, ({ warning }) => Effect.flatMap(warning, Console.log))
  }

  const counts = { Passed: 0, Failed: 0, Skipped: 0 }
  const options = { runs: runs ?? (target === "live" ? 3 : undefined), seed, replay, laws: byName ? wanted : undefined }
  yield* Stream.fromIterable(tried).pipe(
    Stream.flatMap((vendor) => vendor.reports(target, options)),
    Stream.runForEach((report) => {
      counts[report._tag]++
      return Console.log(Laws.format([report], commandFor(target)))
    }),
    Effect.onInterrupt(() => Console.log("\nInterrupted: not all laws were tried.")),
  )
  yield* Console.log(`\n${counts.Passed} passed, ${counts.Failed} failed, ${counts.Skipped} skipped`)
  return counts.Failed === 0
})
