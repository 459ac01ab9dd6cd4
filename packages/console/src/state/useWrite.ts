/** Runs effects that change something, on demand of a person. */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { useState } from "react"
import { type Defect, type Failure, failureOf } from "./Failure.ts"
import { type PageServices, runtime } from "./runtime.ts"

export interface Write<E> {
  readonly error: E | Defect | undefined
  readonly isRunning: boolean
  /** Runs an effect, unless one is running. It goes on when the component unmounts: it may have taken effect. */
  readonly run: <A>(
    effect: Effect.Effect<A, E, PageServices>,
    onSuccess: (value: A) => void,
    onFailure?: (error: E | Defect) => void,
  ) => void
  readonly clear: () => void
}

export const useWrite = <E extends Failure>(): Write<E> => {
  const [state, setState] = useState<Pick<Write<E>, "error" | "isRunning">>({ error: undefined, isRunning: false })
  return {
    ...state,
    run: (effect, onSuccess, onFailure) => {
      if (state.isRunning) return
      setState({ error: undefined, isRunning: true })
      runtime.runCallback(effect, {
        onExit: (exit) => {
          const error = Exit.isSuccess(exit) ? undefined : failureOf(exit.cause)
          setState({ error, isRunning: false })
          if (Exit.isSuccess(exit)) onSuccess(exit.value)
          else if (error !== undefined) onFailure?.(error)
        },
      })
    },
    clear: () => setState(({ isRunning }) => ({ error: undefined, isRunning })),
  }
}
