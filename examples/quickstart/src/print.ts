/** Prints for the tours. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"

export const heading = (text: string) => Console.log(`\n${text}`)

export const showError = (error: { readonly _tag: string; readonly message: string }) =>
  Console.log(`  ✗ ${error._tag}\n    ${error.message}`)

/** Shows the refusal of a call. A platform that answers it nevertheless does not end the tour. */
export const showRefusal = <A, E extends { readonly _tag: string; readonly message: string }, R>(
  call: Effect.Effect<A, E, R>,
) =>
  Effect.matchEffect(call, {
    onFailure: showError,
    onSuccess: () => Console.log("  It was answered nevertheless."),
  })
