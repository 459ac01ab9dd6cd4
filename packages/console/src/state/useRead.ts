/** Runs an effect that reads something, for a component that shows its progress, value and error. */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { useCallback, useEffect, useState } from "react"
import { type Defect, type Failure, failureOf } from "./Failure.ts"
import { type PageServices, runtime } from "./runtime.ts"

/** The state of a read. `value` is the last value: it stays during the next read, and when that fails. */
export interface Read<A, E> {
  readonly value: A | undefined
  readonly error: E | Defect | undefined
  readonly isLoading: boolean
  readonly reload: () => void
}

/** Reads when the component mounts, when the effect changes, and on `reload`. The effect must be memoized. */
export const useRead = <A, E extends Failure>(effect: Effect.Effect<A, E, PageServices>): Read<A, E> => {
  const [state, setState] = useState<Omit<Read<A, E>, "reload">>({
    value: undefined,
    error: undefined,
    isLoading: true,
  })
  const [turn, setTurn] = useState(0)

  useEffect(() => {
    setState(({ error, value }) => ({ value, error, isLoading: true }))
    const cancel = runtime.runCallback(effect, {
      onExit: (exit) => {
        if (Exit.isSuccess(exit)) return setState({ value: exit.value, error: undefined, isLoading: false })
        const error = failureOf(exit.cause)
        if (error !== undefined) setState(({ value }) => ({ value, error, isLoading: false }))
      },
    })
    return () => cancel()
  }, [effect, turn])

  const reload = useCallback(() => setTurn((turn) => turn + 1), [])
  return { ...state, reload }
}

/** Reads again when the page gets the focus back: something may have changed elsewhere. */
export const useReloadOnFocus = (reload: () => void): void =>
  useEffect(() => {
    globalThis.addEventListener("focus", reload)
    return () => globalThis.removeEventListener("focus", reload)
  }, [reload])
