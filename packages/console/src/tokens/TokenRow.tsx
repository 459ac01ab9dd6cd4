import { type ApiError, Token } from "@effect-tokens/core"
import * as DateTime from "effect/DateTime"
import { useState } from "react"
import { Button } from "../parts/Button.tsx"
import { ConfirmDeletion } from "../parts/ConfirmDeletion.tsx"
import { Moment } from "../parts/Moment.tsx"
import { RowProblem } from "../parts/RowProblem.tsx"
import { Secret } from "../parts/Secret.tsx"
import type { Failure } from "../state/Failure.ts"
import { usePlatformNow } from "../state/platformTime.ts"
import { useWrite } from "../state/useWrite.ts"
import type { OwnedFamily } from "./family.ts"
import { TimeLeft } from "./TimeLeft.tsx"

/** The id of a row's button, which gets the focus when another row goes. */
export const deleteButtonId = ({ title }: OwnedFamily, { id }: Token): string =>
  `delete-${title.toLowerCase().replace(" ", "-")}-${id}`

/** Says whether the token authenticates now, and why not. */
const TokenState = ({ token }: { readonly token: Token }) => {
  const now = usePlatformNow()
  if (Token.isValidAt(token, DateTime.makeUnsafe(now))) return <span className="badge good">Active</span>
  return token.isActive ? <span className="badge bad">Expired</span> : <span className="badge">Inactive</span>
}

export const TokenRow = ({
  family,
  isNew,
  onChanged,
  onDeleted,
  onFailed,
  token,
}: {
  readonly family: OwnedFamily
  readonly token: Token
  readonly isNew: boolean
  readonly onChanged: (what: string) => void
  readonly onDeleted: (token: Token) => void
  readonly onFailed: (token: Token, error: Failure) => void
}) => {
  const [isAsking, setAsking] = useState(false)
  const change = useWrite<ApiError.UpdateError | ApiError.DeleteError>()
  const name = `${family.noun} ${token.id}`

  const setActive = (isActive: boolean) =>
    change.run(
      family.use((tokens) => tokens.update(token.id, { isActive })),
      () => onChanged(`${family.title.replace(/s$/, "")} ${token.id} is ${isActive ? "active" : "inactive"} now.`),
      (error) => onFailed(token, error),
    )

  const deleteIt = () => {
    setAsking(false)
    change.run(
      family.use((tokens) => tokens.delete(token.id)),
      () => onDeleted(token),
      (error) => onFailed(token, error),
    )
  }

  const dismiss = () => {
    change.clear()
    document.getElementById(deleteButtonId(family, token))?.focus()
  }

  return (
    <>
      <tr role="row" className={isNew ? "new" : undefined} aria-busy={change.isRunning || undefined}>
        <th role="rowheader" scope="row" data-label="Token">
          <span className="id">{token.id}</span>{" "}
          <span className="soft">{Token.isPermanent(token) ? "permanent" : "temporary"}</span>
        </th>
        <td role="cell" data-label="Key">
          <Secret secret={token.key} of={`the key of ${name}`} />
        </td>
        <td role="cell" data-label="State">
          <TokenState token={token} />
        </td>
        <td role="cell" data-label="Time left">
          <TimeLeft token={token} />
        </td>
        <td role="cell" data-label="Created">
          <Moment at={token.created} />
        </td>
        <td role="cell" className="row-actions">
          <Button
            busy={change.isRunning}
            aria-label={`${token.isActive ? "Deactivate" : "Activate"} ${name}`}
            onClick={() => setActive(!token.isActive)}
          >
            {token.isActive ? "Deactivate" : "Activate"}
          </Button>
          <Button
            id={deleteButtonId(family, token)}
            busy={change.isRunning}
            aria-label={`Delete ${name}`}
            onClick={() => setAsking(true)}
          >
            Delete
          </Button>
          {isAsking && (
            <ConfirmDeletion title={`Delete ${name}?`} onClose={() => setAsking(false)} onConfirm={deleteIt}>
              Its users are refused from then on. This cannot be undone.
            </ConfirmDeletion>
          )}
        </td>
      </tr>
      {change.error !== undefined && <RowProblem columns={6} error={change.error} onDismiss={dismiss} />}
    </>
  )
}
