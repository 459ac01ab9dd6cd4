import { useEffect, useId, useMemo, useRef, useState } from "react"
import { Button } from "../parts/Button.tsx"
import { Problem, useFocusAfterError } from "../parts/Problem.tsx"
import type { FirstApiToken } from "../sandbox/Control.ts"
import { useRead } from "../state/useRead.ts"
import { usedBy } from "./apiTokens.ts"
import { ApiTokenRow } from "./ApiTokenRow.tsx"
import { CreateApiToken } from "./CreateApiToken.tsx"
import { NewSecret } from "./NewSecret.tsx"
import * as NewSecrets from "./newSecrets.ts"

const heads = ["Name", "Permissions", "Client id", "Created"]

/** The result of a change of a token: its name, and what happened. */
interface Outcome {
  readonly name: string
  readonly what: string
}

/** Shows UMAaaS's API tokens, read with the credential of the first one. */
export const ApiTokenSection = ({ caller }: { readonly caller: FirstApiToken }) => {
  const apiTokens = useMemo(() => usedBy(caller), [caller])
  const list = useRead(apiTokens.all)
  const secrets = NewSecrets.useNewSecrets()
  const [newest, setNewest] = useState<string>()
  const [outcome, setOutcome] = useState<Outcome>()
  const heading = useRef<HTMLHeadingElement>(null)
  const titleId = useId()
  // Without a credential the page cannot know the tokens.
  const tokens = list.error?._tag === "Unauthorized" ? undefined : list.value

  useFocusAfterError(list.error, heading)

  // A create that went on after its view was closed may have made a token since.
  const { reload } = list
  const known = useRef(secrets)
  useEffect(() => {
    if (known.current !== secrets) reload()
    known.current = secrets
  }, [secrets, reload])

  const goes = (what?: Outcome) => {
    setOutcome(what)
    heading.current?.focus()
    list.reload()
  }

  return (
    <section className="card" aria-labelledby={titleId}>
      <header>
        <h3 ref={heading} tabIndex={-1}>
          <span id={titleId}>API tokens</span> {tokens !== undefined && <span className="count">{tokens.length}</span>}
        </h3>
        <Button busy={list.isLoading} onClick={list.reload} aria-label="Reload API tokens">
          Reload
        </Button>
      </header>
      <CreateApiToken
        apiTokens={apiTokens}
        onReload={() => goes()}
        onCreated={(token) => {
          NewSecrets.add(token)
          setNewest(token.id)
          setOutcome(undefined)
        }}
      />
      <p role="status" className="outcome">
        {outcome !== undefined && (
          <>
            “<bdi>{outcome.name}</bdi>” {outcome.what}
          </>
        )}
      </p>
      {secrets.map((token) => (
        <NewSecret
          key={token.id}
          token={token}
          isNewest={token.id === newest}
          onDone={() => {
            NewSecrets.forget(token.id)
            setOutcome({ name: token.name, what: "is in the list. Its secret is forgotten here." })
            heading.current?.focus()
          }}
        />
      ))}
      {list.error !== undefined && (
        <Problem error={list.error}>
          <Button busy={list.isLoading} onClick={list.reload}>
            Try again
          </Button>
        </Problem>
      )}
      {list.value === undefined && list.isLoading && <p className="empty loading">Loading the API tokens…</p>}
      {tokens?.length === 0 && <p className="empty">No API tokens.</p>}
      {tokens !== undefined && tokens.length > 0 && (
        <table role="table" aria-label="API tokens" className="tokens">
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
            {tokens.toReversed().map((token) => (
              <ApiTokenRow
                key={token.id}
                apiTokens={apiTokens}
                token={token}
                isCaller={token.id === caller.id}
                onDeleted={({ id, name }) => {
                  NewSecrets.forget(id)
                  goes({ name, what: "deleted." })
                }}
                onFailed={({ name }, error) => {
                  // A row that is gone cannot show its error: the section does.
                  if (error._tag === "NotFound") return goes({ name, what: "is not there any more." })
                  setOutcome(undefined)
                  list.reload()
                }}
              />
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
