import type { CreatedApiToken } from "@effect-tokens/core"
import { useEffect, useRef } from "react"
import { Button } from "../parts/Button.tsx"
import { Secret } from "../parts/Secret.tsx"

/** Shows the secret of a new token: it is in the answer to create, and in no other. */
export const NewSecret = ({
  isNewest,
  onDone,
  token,
}: {
  readonly token: CreatedApiToken
  /** True for the token that was created last in this view. */
  readonly isNewest: boolean
  readonly onDone: () => void
}) => {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (isNewest) heading.current?.focus()
  }, [isNewest])
  return (
    <div className="once">
      <h4 ref={heading} tabIndex={-1}>
        “<bdi>{token.name}</bdi>” is made. Keep its secret now: it is not shown again.
      </h4>
      <dl>
        <dt>Client id</dt>
        <dd>
          <code>{token.clientId}</code>
        </dd>
        <dt>Client secret</dt>
        <dd>
          <Secret secret={token.clientSecret} of={`the secret of ${token.name}`} />
        </dd>
      </dl>
      <div className="actions">
        <Button onClick={onDone}>I have kept it</Button>
      </div>
    </div>
  )
}
