import type { ReactNode } from "react"
import { Button } from "./Button.tsx"
import { Dialog } from "./Dialog.tsx"

/** Asks to confirm the deletion of one token. `children` states the consequence. */
export const ConfirmDeletion = ({
  children,
  onClose,
  onConfirm,
  title,
}: {
  readonly title: ReactNode
  readonly onClose: () => void
  readonly onConfirm: () => void
  readonly children: ReactNode
}) => (
  <Dialog title={title} onClose={onClose}>
    <p>{children}</p>
    <div className="actions">
      <Button look="danger" onClick={onConfirm}>
        Delete
      </Button>
      <Button onClick={onClose}>Keep it</Button>
    </div>
  </Dialog>
)
