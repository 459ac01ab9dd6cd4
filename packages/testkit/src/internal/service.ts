/**
 * The description of a service: its operations, the statuses of their successes, and how their inputs show. Faults, journal
 * and laws work from it, over any implementation.
 */
import type { TokenOperations } from "@effect-tokens/core"
import type * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Input, Show } from "./journal/sanitize.ts"

/** The operations that a vendor has: to it, a stream is lists. */
export type Remote<Name extends string> = Exclude<Name, `${string}.stream`>

/** A call as a vendor sees it. */
export interface RemoteCall<Name extends string> {
  readonly operation: Remote<Name>
  /** The status of its success. */
  readonly success: number
}

/** Makes a call on operations of the caller's choice. */
type Through<Operations, Name extends string> = <A, E>(
  call: RemoteCall<Name>,
  make: (operations: Operations) => Effect.Effect<A, E>,
) => Effect.Effect<A, E>

/** A call as its caller makes it. The input is under the names of the operation, without options that were left out. */
interface Call<Name extends string> {
  readonly service: string
  readonly method: string
  readonly operation: Name
  readonly input: Readonly<Record<string, unknown>>
}

/** Takes a call when it begins. The function that it gives takes the end. A stream ends with all that it gave. */
export type Observer<Name extends string> = (
  call: Call<Name>,
  clock: Clock.Clock,
) => (exit: Exit.Exit<unknown, unknown>) => void

/** A service of a vendor, whose operations have these names, such as `Tokens.create`. */
export interface Service<Id, Operations, Name extends string> {
  readonly tag: Context.Key<Id, Operations>
  readonly names: ReadonlyArray<Remote<Name>>
  /** The origin that a client calls by default. */
  readonly origin: string
  /** The fields of inputs, and how each shows in a journal. */
  readonly fields: Readonly<Record<string, Show>>
  /** The vendor's answer when it refuses with that status. */
  readonly refusal: (status: number, message: string) => TokenOperations.ErrorResponse
  /** Makes operations that all fail so, after the effect took its time. Each fails with its own error. */
  readonly failing: (failure: Effect.Effect<never, TokenOperations.PlatformFailure>) => Operations
  /** Makes operations whose every call goes through that, once its input is checked. */
  readonly through: (through: Through<Operations, Name>) => Operations
  /** Makes operations whose calls are observed, as their caller makes them. */
  readonly observe: (operations: Operations, observer: Observer<Name>) => Operations
}

/** Watches the calls of one service. */
export const watching = <Name extends string>(service: string, observer: Observer<Name>) => {
  const begin = (operation: Name, input: object, clock: Clock.Clock) =>
    observer({ service, method: operation.slice(service.length + 1), operation, input: { ...input } }, clock)
  return {
    call: <A, E>(operation: Name, input: object, effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
      Effect.clockWith((clock) => {
        const end = begin(operation, input, clock)
        return Effect.onExit(effect, (exit) => Effect.sync(() => end(exit)))
      }),

    stream: <A, E>(operation: Name, input: object, stream: Stream.Stream<A, E>): Stream.Stream<A, E> =>
      Stream.unwrap(
        Effect.clockWith((clock) =>
          Effect.sync(() => {
            const end = begin(operation, input, clock)
            const given: Array<A> = []
            return stream.pipe(
              Stream.tap((item) => Effect.sync(() => given.push(item))),
              Stream.onExit((exit) => Effect.sync(() => end(Exit.isSuccess(exit) ? Exit.succeed(given) : exit))),
            )
          }),
        ),
      ),
  }
}

/** The input of a call as a journal shows it: the known fields alone. */
export const sanitizeInput = (
  { fields }: Pick<Service<never, never, never>, "fields">,
  input: Readonly<Record<string, unknown>>,
): Input =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, show]) => (input[name] === undefined ? [] : [[name, show(input[name])]])),
  )

/** Wraps a service. */
export type Wrapping<Name extends string> = <Id, Operations>(
  service: Service<Id, Operations, Name>,
  operations: Operations,
) => Operations

/** Makes a function that wraps a service, where a context has it. */
export const wrapping =
  <Id, Operations, Name extends string>(service: Service<Id, Operations, Name>) =>
  <S>(context: Context.Context<S>, wrap: Wrapping<Name>): Context.Context<S> =>
    Option.match(Context.getOption(context, service.tag), {
      onNone: () => context,
      onSome: (operations) => Context.add(context, service.tag, wrap(service, operations)),
    })

/** Changes what a layer gives. It is built once, as the layer itself is. */
export const mapLayer = <A, B, E, R>(
  layer: Layer.Layer<A, E, R>,
  change: (context: Context.Context<A>) => Context.Context<B>,
): Layer.Layer<B, E, R> =>
  Layer.fromBuildMemo((memoMap, scope) => Effect.map(Layer.buildWithMemoMap(layer, memoMap, scope), change))

/** The callers of a vendor's services, as its control knows them. */
interface Callers<Id, Control, Caller, Name extends string> {
  readonly tag: Context.Key<Id, Control>
  readonly wrapServices: <S>(context: Context.Context<S>, wrap: Wrapping<Name>) => Context.Context<S>
  /** The caller of the services beside the control. */
  readonly own: (control: Control) => string
  readonly nameOf: (control: Control, caller: Caller) => Effect.Effect<string>
}

/** Makes a function that wraps the services of each caller, where a context has the control. */
export const wrappingCallers =
  <
    Name extends string,
    Id,
    Services,
    Caller,
    Control extends { readonly as: (caller: Caller) => Layer.Layer<Services> },
  >({
    nameOf,
    own,
    tag,
    wrapServices,
  }: Callers<Id, Control, Caller, Name>) =>
  <S>(context: Context.Context<S>, wrapAs: (caller: string) => Wrapping<Name>): Context.Context<S> =>
    Option.match(Context.getOption(context, tag), {
      onNone: () => context,
      onSome: (control) => {
        const as = (caller: Caller) =>
          Layer.unwrap(
            Effect.map(nameOf(control, caller), (name) =>
              mapLayer(control.as(caller), (services) => wrapServices(services, wrapAs(name))),
            ),
          )
        return Context.add(wrapServices(context, wrapAs(own(control))), tag, { ...control, as })
      },
    })
