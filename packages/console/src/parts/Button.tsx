import type { ComponentProps } from "react"

type Look = "plain" | "primary" | "danger" | "quiet"

/**
 * A button that does nothing while it is busy. It keeps the focus, which a disabled one would lose.
 */
export const Button = ({
  busy = false,
  look = "plain",
  onClick,
  ...props
}: Omit<ComponentProps<"button">, "className"> & { readonly busy?: boolean; readonly look?: Look }) => (
  <button
    type="button"
    {...props}
    className={`button ${look}`}
    aria-disabled={busy || undefined}
    onClick={(event) => {
      if (busy) event.preventDefault()
      else onClick?.(event)
    }}
  />
)
