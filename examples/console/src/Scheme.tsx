import { useState } from "react"

const schemes = ["Automatic", "Light", "Dark"] as const

/** Light or dark: as the system has it, unless somebody wants it otherwise. */
export const Scheme = () => {
  const [scheme, setScheme] = useState<string>("Automatic")
  return (
    <select
      aria-label="Colours"
      value={scheme}
      onChange={({ target }) => {
        setScheme(target.value)
        document.documentElement.dataset["scheme"] = target.value.toLowerCase()
      }}
    >
      {schemes.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </select>
  )
}
