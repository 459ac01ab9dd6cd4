import type { Token } from "@effect-tokens/core"
import { useEffect, useRef, useState } from "react"
import { Button } from "../parts/Button.tsx"
import type { Failure } from "../state/Failure.ts"
import type { OwnedFamily } from "./family.ts"
import { deleteButtonId, TokenRow } from "./TokenRow.tsx"

/** The number of tokens that are shown at first, and that each click adds: there may be thousands. */
const step = 25

const heads = ["Token", "Key", "State", "Time left", "Created"]

/** Shows tokens, the newest first. Roles are explicit: on a phone, cards are no table to some browsers. */
export const TokenTable = ({
  family,
  newest,
  onChanged,
  onDeleted,
  onFailed,
  tokens,
}: {
  readonly family: OwnedFamily
  readonly tokens: ReadonlyArray<Token>
  /** The id of the token that this page created last. */
  readonly newest: number | undefined
  readonly onChanged: (what: string) => void
  readonly onDeleted: (token: Token) => void
  readonly onFailed: (token: Token, error: Failure) => void
}) => {
  const [most, setMost] = useState(step)
  const firstOfMore = useRef<Token>(undefined)
  const shown = tokens.toReversed().slice(0, most)
  const rest = tokens.length - shown.length

  // The button goes once all are shown: the focus moves to the first row that it added.
  useEffect(() => {
    if (firstOfMore.current !== undefined) document.getElementById(deleteButtonId(family, firstOfMore.current))?.focus()
    firstOfMore.current = undefined
  })

  return (
    <>
      <table role="table" aria-label={family.title} className="tokens">
        <thead role="rowgroup">
          <tr role="row">
            {heads.map((head) => (
              <th key={head} role="columnheader" scope="col">
                {head}
              </th>
            ))}
            <th role="columnheader" scope="col">
              <span className="hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {shown.map((token) => (
            <TokenRow
              key={token.id}
              family={family}
              token={token}
              isNew={token.id === newest}
              onChanged={onChanged}
              onDeleted={onDeleted}
              onFailed={onFailed}
            />
          ))}
        </tbody>
      </table>
      {rest > 0 && (
        <div className="actions">
          <Button
            onClick={() => {
              firstOfMore.current = tokens.toReversed()[most]
              setMost(most + step)
            }}
          >
            Show {Math.min(step, rest)} more of {rest}
          </Button>
        </div>
      )}
    </>
  )
}
