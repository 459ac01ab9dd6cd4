import type { ApiError, CreateOutcome, Token } from "@effect-tokens/core"
import { useId, useState } from "react"
import { Button } from "../parts/Button.tsx"
import { Problem } from "../parts/Problem.tsx"
import { useClockSkew } from "../state/platformTime.ts"
import { useWrite } from "../state/useWrite.ts"
import type { OwnedFamily } from "./family.ts"

/** Says whether a create with an unknown outcome has made a token. */
const outcomeWords = (outcome: CreateOutcome.CreateOutcome<Token>, noun: string): string => {
  switch (outcome._tag) {
    case "Created":
      return `It was made: it is ${noun} ${outcome.token.id}.`
    case "NotCreated":
      return "It was not made: creating again makes one, not two."
    case "Ambiguous":
      return `It cannot be told: it may be one of these, or none: ${outcome.candidates.map(({ id }) => id).join(", ")}.`
  }
}

export const CreateToken = ({
  family,
  known,
  onBegin,
  onCreated,
  onLooked,
}: {
  readonly family: OwnedFamily
  /** The tokens that are known to exist now. Undefined when no list was read. */
  readonly known: ReadonlyArray<Token> | undefined
  readonly onBegin: () => void
  readonly onCreated: (token: Token) => void
  readonly onLooked: (what: string) => void
}) => {
  const [permanent, setPermanent] = useState(false)
  const create = useWrite<ApiError.CreateError>()
  const look = useWrite<ApiError.ListError>()
  const clockSkew = useClockSkew()
  /** The tokens that were known to exist when the create was sent. */
  const [before, setBefore] = useState<ReadonlyArray<Token>>()
  const name = useId()

  const submit = () => {
    look.clear()
    onBegin()
    if (!create.isRunning) setBefore(known)
    create.run(
      family.use((tokens) => tokens.create({ permanent })),
      onCreated,
    )
  }

  const lookFor = (error: ApiError.OutcomeUnknown) =>
    look.run(family.find(error, before, clockSkew), (outcome) => {
      create.clear()
      onLooked(outcomeWords(outcome, family.noun))
    })

  return (
    <form
      className="create"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <fieldset className="segments">
        <legend className="hidden">Kind of the new {family.noun}</legend>
        {[false, true].map((kind) => (
          <label key={String(kind)}>
            <input type="radio" name={name} checked={permanent === kind} onChange={() => setPermanent(kind)} />
            <span>{kind ? "Permanent" : "Temporary, 24 h"}</span>
          </label>
        ))}
      </fieldset>
      <Button type="submit" look="primary" busy={create.isRunning}>
        Create {family.noun}
      </Button>
      {create.error !== undefined && (
        <Problem error={create.error}>
          {create.error._tag === "OutcomeUnknown" && (
            <LookButton error={create.error} busy={look.isRunning} onLook={lookFor} />
          )}
        </Problem>
      )}
      {look.error !== undefined && <Problem error={look.error} />}
    </form>
  )
}

const LookButton = ({
  busy,
  error,
  onLook,
}: {
  readonly error: ApiError.OutcomeUnknown
  readonly busy: boolean
  readonly onLook: (error: ApiError.OutcomeUnknown) => void
}) => (
  <Button busy={busy} onClick={() => onLook(error)}>
    {busy ? "Looking…" : "Look for a new token"}
  </Button>
)
