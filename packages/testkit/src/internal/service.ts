/** What is to know of a service where its calls are made to fail or written down, whatever implements it. */
import type { TokenOperations } from "@effect-tokens/core"
import type * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { Entry } from "./journal/callLog.ts"
import type { RemoteOperation, ServiceOperation } from "./operationNames.ts"

/** A call as a platform sees it, and the status of its success. */
export interface RemoteCall {
  readonly operation: RemoteOperation
  readonly success: number
}

/** Makes a call on the operations, or on others. */
type Through<Operations> = <A, E>(
  call: RemoteCall,
  make: (operations: Operations) => Effect.Effect<A, E>,
) => Effect.Effect<A, E>

/** Is told of a call when it begins, in plain values, and gives what is to be told how it ended. */
export type Recorder = (
  operation: ServiceOperation,
  input: Entry["input"],
  clock: Clock.Clock,
) => (exit: Exit.Exit<unknown, unknown>) => void

export interface Service<Id, Operations> {
  readonly tag: Context.Key<Id, Operations>
  /** Where the client would have called. */
  readonly origin: string
  /** What the platform answers when it refuses with that status. */
  readonly refusal: (status: number, message: string) => TokenOperations.ErrorResponse
  /** Operations that all fail so, after what takes its time: the core turns it into each operation's own error. */
  readonly failing: (failure: Effect.Effect<never, TokenOperations.PlatformFailure>) => Operations
  /** Operations whose every call goes through that. A stream is lists. */
  readonly through: (through: Through<Operations>) => Operations
  readonly recorded: (operations: Operations, record: Recorder) => Operations
}

export type Wrapping = <Id, Operations>(service: Service<Id, Operations>, operations: Operations) => Operations

/** Makes a function that wraps a service, where a context has it. */
export const wrapping =
  <Id, Operations>(service: Service<Id, Operations>) =>
  <S>(context: Context.Context<S>, wrap: Wrapping): Context.Context<S> =>
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
interface Callers<Id, Control, Caller> {
  readonly tag: Context.Key<Id, Control>
  readonly wrapServices: <S>(context: Context.Context<S>, wrap: Wrapping) => Context.Context<S>
  /** The caller of the services beside the control. */
  readonly own: (control: Control) => string
  readonly nameOf: (control: Control, caller: Caller) => Effect.Effect<string>
}

/** Makes a function that wraps the services of each caller, where a context has the control. */
export const wrappingCallers =
  <Id, Services, Caller, Control extends { readonly as: (caller: Caller) => Layer.Layer<Services> }>({
    nameOf,
    own,
    tag,
    wrapServices,
  }: Callers<Id, Control, Caller>) =>
  <S>(context: Context.Context<S>, wrapAs: (caller: string) => Wrapping): Context.Context<S> =>
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
