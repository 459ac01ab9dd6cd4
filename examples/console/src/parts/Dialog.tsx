import { type ReactNode, useId, useLayoutEffect, useRef } from "react"

/**
 * A question that must be answered first. The browser's own dialog keeps the keyboard within, closes on Escape, and gives
 * the focus back to where it was.
 */
export const Dialog = ({
  children,
  onClose,
  title,
}: {
  readonly title: string
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
  return (
    <dialog ref={ref} aria-labelledby={titleId} onClose={onClose}>
      <h2 id={titleId}>{title}</h2>
      {children}
    </dialog>
  )
}
