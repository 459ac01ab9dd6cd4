import { type ApiError, Token } from "@effect-tokens/core"
import { useId, useRef, useState } from "react"
import { Button } from "../parts/Button.tsx"
import { Dialog } from "../parts/Dialog.tsx"
import { Problem, useFocusAfterError } from "../parts/Problem.tsx"
import { ownerName } from "../sandbox/Owner.ts"
import { useRead } from "../state/useRead.ts"
import { useWrite } from "../state/useWrite.ts"
import { counted } from "../words/amounts.ts"
import { deletedBy, describeDeleted, describeDeletion, type Filter, type Holding } from "../words/deletion.ts"
import type { OwnedFamily } from "./family.ts"

const choices: ReadonlyArray<readonly [filter: Filter, label: string]> = [
  [false, "Temporary ones"],
  [true, "Permanent ones"],
  [null, "Everything"],
]

const holdingOf = ({ noun, owner }: OwnedFamily, tokens: ReadonlyArray<Token>): Holding => {
  const permanent = tokens.filter(Token.isPermanent).length
  return { noun, owner: ownerName(owner), permanent, temporary: tokens.length - permanent }
}

/** Asks which tokens to delete, and states the consequence. Counts anew: others may have created some meanwhile. */
export const DeleteMany = ({
  family,
  onClose,
  onDeleted,
  onFailed,
}: {
  readonly family: OwnedFamily
  readonly onClose: () => void
  readonly onDeleted: (what: string) => void
  /** Called when the request failed. Some tokens may have been deleted. */
  readonly onFailed: () => void
}) => {
  const [filter, setFilter] = useState<Filter>(false)
  const tokens = useRead(family.all)
  const remove = useWrite<ApiError.DeleteListError>()
  const name = useId()
  const keep = useRef<HTMLButtonElement>(null)
  useFocusAfterError(tokens.error, keep)
  const holding = tokens.value && holdingOf(family, tokens.value)
  const count = holding === undefined ? 0 : deletedBy(filter, holding)

  const deleteThem = () =>
    remove.run(
      family.use((tokens) => tokens.deleteList({ permanent: filter })),
      () => {
        onClose()
        onDeleted(describeDeleted(filter, { noun: family.noun, owner: ownerName(family.owner) }))
      },
      () => {
        tokens.reload()
        onFailed()
      },
    )

  return (
    <Dialog title={`Delete several ${family.noun}s`} onClose={onClose} isBusy={remove.isRunning}>
      <fieldset className="choices" disabled={remove.isRunning}>
        <legend>Which?</legend>
        {choices.map(([choice, label]) => (
          <label key={label}>
            <input type="radio" name={name} checked={filter === choice} onChange={() => setFilter(choice)} />
            {label}
          </label>
        ))}
      </fieldset>
      <p role="status" className="consequence">
        {holding === undefined ? (tokens.error === undefined ? "Counting…" : "") : describeDeletion(filter, holding)}
      </p>
      {tokens.error !== undefined && (
        <Problem error={tokens.error}>
          <Button busy={tokens.isLoading} onClick={tokens.reload}>
            Try again
          </Button>
        </Problem>
      )}
      {remove.error !== undefined && <Problem error={remove.error} />}
      <div className="actions">
        {count > 0 && (
          <Button look="danger" busy={remove.isRunning} onClick={deleteThem}>
            Delete {counted(count, family.noun)}
          </Button>
        )}
        <Button ref={keep} busy={remove.isRunning} onClick={onClose}>
          {count > 0 ? "Keep them" : "Close"}
        </Button>
      </div>
    </Dialog>
  )
}
