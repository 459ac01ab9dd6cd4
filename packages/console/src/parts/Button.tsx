import type { ComponentProps } from "react"

type Look = "plain" | "primary" | "danger" | "quiet"

/**
 * A button that is busy does nothing, but stays where the keyboard is: one that is disabled would lose it.
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
