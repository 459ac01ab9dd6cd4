/** The button to try again goes with the error, and the focus with it: it comes to what stays. */
import { type RefObject, useEffect, useRef } from "react"

export const useFocusAfterError = (error: unknown, target: RefObject<HTMLElement | null>): void => {
  const had = useRef(false)
  useEffect(() => {
    if (had.current && error === undefined && document.activeElement === document.body) target.current?.focus()
    had.current = error !== undefined
  }, [error, target])
}
