import type { ApiError, CreatedApiToken, KnownPermission } from "@effect-tokens/core"
import { useId, useState } from "react"
import { Button } from "../parts/Button.tsx"
import { Problem } from "../parts/Problem.tsx"
import { useWrite } from "../state/useWrite.ts"
import type { UsedApiTokens } from "./apiTokens.ts"

const permissions: ReadonlyArray<readonly [KnownPermission, meaning: string]> = [
  ["VIEW", "see all data"],
  ["TRANSACT", "send payments"],
  ["MANAGE", "configuration, API tokens, users"],
]

export const CreateApiToken = ({
  apiTokens,
  onCreated,
  onReload,
}: {
  readonly apiTokens: UsedApiTokens
  readonly onCreated: (token: CreatedApiToken) => void
  readonly onReload: () => void
}) => {
  const [name, setName] = useState("")
  const [chosen, setChosen] = useState<ReadonlyArray<KnownPermission>>(["VIEW"])
  const [isIncomplete, setIncomplete] = useState(false)
  const create = useWrite<ApiError.CreateApiTokenError>()
  const nameId = useId()
  const problemId = useId()
  const missing = [...(name.trim() === "" ? ["a name"] : []), ...(chosen.length === 0 ? ["a permission"] : [])]

  const submit = () => {
    setIncomplete(missing.length > 0)
    if (missing.length > 0) return
    create.run(
      apiTokens.use((tokens) => tokens.create({ name: name.trim(), permissions: chosen })),
      (token) => {
        setName("")
        onCreated(token)
      },
    )
  }

  return (
    <form
      className="create api"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <label className="field" htmlFor={nameId}>
        Name
        <input
          id={nameId}
          value={name}
          autoComplete="off"
          placeholder="reports"
          aria-invalid={(isIncomplete && name.trim() === "") || undefined}
          aria-describedby={isIncomplete ? problemId : undefined}
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <fieldset className="choices row">
        <legend>Permissions</legend>
        {permissions.map(([permission, meaning]) => (
          <label key={permission}>
            <input
              type="checkbox"
              checked={chosen.includes(permission)}
              onChange={({ target }) =>
                setChosen(target.checked ? [...chosen, permission] : chosen.filter((already) => already !== permission))
              }
            />
            <span>
              {permission} <span className="soft">{meaning}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <Button type="submit" look="primary" busy={create.isRunning}>
        Create API token
      </Button>
      {isIncomplete && missing.length > 0 && (
        <p id={problemId} role="alert" className="problem">
          Give it {missing.join(" and ")}.
        </p>
      )}
      {create.error !== undefined && (
        <Problem error={create.error}>
          {create.error._tag === "OutcomeUnknown" && (
            <Button
              onClick={() => {
                create.clear()
                onReload()
              }}
            >
              Look for it in the list
            </Button>
          )}
        </Problem>
      )}
    </form>
  )
}
