import { Token } from "@effect-tokens/core"
import { useEffect, useId, useMemo, useRef, useState } from "react"
import { Button } from "../parts/Button.tsx"
import { Problem, useFocusAfterError } from "../parts/Problem.tsx"
import { type Owner, ownerName } from "../sandbox/Owner.ts"
import type { Failure } from "../state/Failure.ts"
import { useRead } from "../state/useRead.ts"
import { CreateToken } from "./CreateToken.tsx"
import { DeleteMany } from "./DeleteMany.tsx"
import { type Family, ownedBy } from "./family.ts"
import { SlotGauge } from "./SlotGauge.tsx"
import { deleteButtonId } from "./TokenRow.tsx"
import { TokenTable } from "./TokenTable.tsx"

/** Shows one family of tokens of one owner. */
export const TokenSection = ({ family, owner }: { readonly family: Family; readonly owner: Owner }) => {
  const owned = useMemo(() => ownedBy(family, owner), [family, owner])
  const list = useRead(owned.all)
  const [outcome, setOutcome] = useState("")
  /** The tokens that this page has created: the list that was read last may be older. */
  const [made, setMade] = useState<ReadonlyArray<Token>>([])
  const [isDeletingMany, setDeletingMany] = useState(false)
  const heading = useRef<HTMLHeadingElement>(null)
  const goneRow = useRef<{ readonly gone: Token; readonly next: Token | undefined }>(undefined)
  const titleId = useId()
  const tokens = list.value ?? []
  const permanent = tokens.filter(Token.isPermanent).length

  const done = (what: string) => {
    setOutcome(what)
    list.reload()
  }

  /** Reads again after a failed change: the list may be out of date. */
  const inDoubt = () => done("")

  const goes = (gone: Token, what: string) => {
    // The table shows the newest first: the row below is the one before in the list.
    const place = tokens.findIndex(({ id }) => id === gone.id)
    goneRow.current = { gone, next: tokens[place - 1] ?? tokens[place + 1] }
    done(`${family.title.replace(/s$/, "")} ${gone.id} ${what}.`)
  }

  // A row that is gone cannot show its error: the section does.
  const failed = (token: Token, error: Failure) =>
    error._tag === "NotFound" ? goes(token, "is not there any more: somebody else may have deleted it") : inDoubt()

  // The button that had the focus is gone with its row: the focus moves on.
  useEffect(() => {
    const row = goneRow.current
    if (row === undefined || list.value?.some(({ id }) => id === row.gone.id) !== false) return
    goneRow.current = undefined
    const next = row.next && document.getElementById(deleteButtonId(owned, row.next))
    const target = next ?? heading.current
    target?.focus()
  }, [list.value, owned])

  useFocusAfterError(list.error, heading)

  // A manager has no stream tokens: that is a rule, and no error.
  if (list.error?._tag === "Forbidden") {
    return (
      <section className="card" aria-labelledby={titleId}>
        <h3 id={titleId}>{family.title}</h3>
        <p className="empty">
          {owner.kind === "manager"
            ? `A manager has no ${family.noun}s: the platform answers 403 Forbidden.`
            : `The platform does not let ${ownerName(owner)} see its ${family.noun}s (403 Forbidden).`}
        </p>
      </section>
    )
  }

  return (
    <section className="card" aria-labelledby={titleId}>
      <header>
        <h3 ref={heading} tabIndex={-1}>
          <span id={titleId}>{family.title}</span>{" "}
          {list.value !== undefined && <span className="count">{tokens.length}</span>}
        </h3>
        {list.value !== undefined && <SlotGauge taken={permanent} of={`${family.noun}s`} />}
      </header>
      <div className="toolbar">
        <CreateToken
          family={owned}
          known={list.value && [...list.value, ...made]}
          onBegin={() => setOutcome("")}
          onCreated={(token) => {
            setMade([...made, token])
            done(`${family.title.replace(/s$/, "")} ${token.id} created.`)
          }}
          onLooked={(what) => {
            done(what)
            heading.current?.focus()
          }}
        />
        <div className="actions">
          <Button busy={list.isLoading} onClick={list.reload} aria-label={`Reload ${family.noun}s`}>
            Reload
          </Button>
          {list.value !== undefined && (
            <Button onClick={() => setDeletingMany(true)} aria-label={`Delete several ${family.noun}s…`}>
              Delete several…
            </Button>
          )}
        </div>
      </div>
      <p role="status" className="outcome">
        {outcome}
      </p>
      {list.error !== undefined && (
        <Problem error={list.error}>
          <Button busy={list.isLoading} onClick={list.reload}>
            Try again
          </Button>
        </Problem>
      )}
      {list.value === undefined && list.isLoading && <p className="empty loading">Loading the {family.noun}s…</p>}
      {list.value?.length === 0 && (
        <p className="empty">
          No {family.noun}s yet. {family.purpose} Create one above.
        </p>
      )}
      {tokens.length > 0 && (
        <TokenTable
          family={owned}
          tokens={tokens}
          newest={made.at(-1)?.id}
          onChanged={done}
          onDeleted={(token) => goes(token, "deleted")}
          onFailed={failed}
        />
      )}
      {isDeletingMany && (
        <DeleteMany family={owned} onClose={() => setDeletingMany(false)} onDeleted={done} onFailed={inDoubt} />
      )}
    </section>
  )
}
