import { type KeyboardEvent, type ReactNode, type SyntheticEvent, useId, useLayoutEffect, useRef } from "react"

/**
 * A modal dialog, as the browser provides it: it keeps the focus inside, closes on Escape, and returns the focus.
 */
export const Dialog = ({
  children,
  isBusy = false,
  onClose,
  title,
}: {
  readonly title: ReactNode
  /** True while the confirmed action runs: the dialog does not close until it has ended. */
  readonly isBusy?: boolean
  readonly onClose: () => void
  readonly children: ReactNode
}) => {
  const ref = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useLayoutEffect(() => {
    const dialog = ref.current
    dialog?.showModal()
    // An open dialog that leaves the page does not return the focus: it closes first.
    return () => dialog?.close()
  }, [])
  // The event comes later: the dialog may be open again, as when React mounts it twice in development.
  const closed = ({ currentTarget }: SyntheticEvent<HTMLDialogElement>) => {
    if (currentTarget.open) return
    // The back gesture of a phone closes it as Escape does.
    if (isBusy) currentTarget.showModal()
    else onClose()
  }
  const keyPressed = (event: KeyboardEvent) => {
    if (isBusy && event.key === "Escape") event.preventDefault()
  }
  return (
    <dialog ref={ref} aria-labelledby={titleId} onClose={closed} onKeyDown={keyPressed}>
      <h2 id={titleId}>{title}</h2>
      {children}
    </dialog>
  )
}
