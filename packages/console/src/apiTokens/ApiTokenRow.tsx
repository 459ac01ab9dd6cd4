import type { ApiError, ApiToken } from "@effect-tokens/core"
import { useRef, useState } from "react"
import { Button } from "../parts/Button.tsx"
import { ConfirmDeletion } from "../parts/ConfirmDeletion.tsx"
import { Moment } from "../parts/Moment.tsx"
import { RowProblem } from "../parts/RowProblem.tsx"
import type { Failure } from "../state/Failure.ts"
import { useWrite } from "../state/useWrite.ts"
import type { UsedApiTokens } from "./apiTokens.ts"

export const ApiTokenRow = ({
  apiTokens,
  isCaller,
  onDeleted,
  onFailed,
  token,
}: {
  readonly apiTokens: UsedApiTokens
  readonly token: ApiToken
  /** True for the token whose credential this page uses. */
  readonly isCaller: boolean
  readonly onDeleted: (token: ApiToken) => void
  readonly onFailed: (token: ApiToken, error: Failure) => void
}) => {
  const [isAsking, setAsking] = useState(false)
  const remove = useWrite<ApiError.DeleteApiTokenError>()
  const opener = useRef<HTMLButtonElement>(null)

  const deleteIt = () => {
    setAsking(false)
    remove.run(
      apiTokens.use((tokens) => tokens.delete(token.id)),
      () => onDeleted(token),
      (error) => onFailed(token, error),
    )
  }

  const dismiss = () => {
    remove.clear()
    opener.current?.focus()
  }

  return (
    <>
      <tr role="row" aria-busy={remove.isRunning || undefined}>
        <th role="rowheader" scope="row" data-label="Name">
          <bdi className="name">{token.name}</bdi> {isCaller && <span className="soft">used by this page</span>}
        </th>
        <td role="cell" data-label="Permissions">
          <span className="badges">
            {token.permissions.map((permission) => (
              <span key={permission} className="badge">
                {permission}
              </span>
            ))}
          </span>
        </td>
        <td role="cell" data-label="Client id">
          <code>{token.clientId}</code>
        </td>
        <td role="cell" data-label="Created">
          <Moment at={token.createdAt} />
        </td>
        <td role="cell" className="row-actions">
          <Button
            ref={opener}
            busy={remove.isRunning}
            aria-label={`Delete API token ${token.name}`}
            onClick={() => setAsking(true)}
          >
            Delete
          </Button>
          {isAsking && (
            <ConfirmDeletion
              title={
                <>
                  Delete API token “<bdi>{token.name}</bdi>”?
                </>
              }
              onClose={() => setAsking(false)}
              onConfirm={deleteIt}
            >
              {isCaller
                ? "This page calls with it: without it, the page sees no API tokens any more, until the sandbox is reset."
                : "Its users are refused from the next call on. This cannot be undone."}
            </ConfirmDeletion>
          )}
        </td>
      </tr>
      {remove.error !== undefined && <RowProblem columns={5} error={remove.error} onDismiss={dismiss} />}
    </>
  )
}
