import { type KeyboardEvent, type ReactNode, type SyntheticEvent, useId, useLayoutEffect, useRef } from "react"

/**
 * A question that must be answered first. The browser's own dialog keeps the keyboard within, closes on Escape, and gives
 * the focus back to where it was.
 */
export const Dialog = ({
  children,
  isBusy = false,
  onClose,
  title,
}: {
  readonly title: ReactNode
  /** Whether what was answered is being done: until that is over, it does not close. */
  readonly isBusy?: boolean
  readonly onClose: () => void
  readonly children: ReactNode
}) => {
  const ref = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useLayoutEffect(() => {
    const dialog = ref.current
    dialog?.showModal()
    // Taken out of the page while it is open, it would not give the focus back: it closes first.
    return () => dialog?.close()
  }, [])
  // It is said later: by then it may be open again, as when React mounts it twice in development.
  const closed = ({ currentTarget }: SyntheticEvent<HTMLDialogElement>) => {
    if (currentTarget.open) return
    // Escape is not the only way: a phone goes back.
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
