import { type ReactNode, type RefObject, useEffect, useRef } from "react"
import type { Failure } from "../state/Failure.ts"
import { explain } from "../words/explain.ts"

/** Shows an error, and announces it to screen readers. `children` are actions that may help. */
export const Problem = ({ children, error }: { readonly error: Failure; readonly children?: ReactNode }) => (
  <div className="problem" role="alert">
    <p>{explain(error)}</p>
    {explain(error) !== error.message && (
      <details>
        <summary>Message of the client</summary>
        {error.message}
      </details>
    )}
    {children !== undefined && <div className="actions">{children}</div>}
  </div>
)

/** Moves the focus to `target` when an error goes, since the button to try again goes with it. */
export const useFocusAfterError = (error: unknown, target: RefObject<HTMLElement | null>): void => {
  const had = useRef(false)
  useEffect(() => {
    if (had.current && error === undefined && document.activeElement === document.body) target.current?.focus()
    had.current = error !== undefined
  }, [error, target])
}
