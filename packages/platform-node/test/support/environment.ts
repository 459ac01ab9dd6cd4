import * as Effect from "effect/Effect"

/** Sets variables of the real environment, which the proxy settings are read from. */
export const withEnvironment = (variables: Readonly<Record<string, string>>) => {
  const names = [
    ...new Set([
      ...Object.keys(variables),
      "HTTP_PROXY",
      "HTTPS_PROXY",
      "NO_PROXY",
      "http_proxy",
      "https_proxy",
      "no_proxy",
    ]),
  ]
  return Effect.acquireRelease(
    Effect.sync(() => {
      const before = names.map((name) => [name, process.env[name]] as const)
      for (const name of names) delete process.env[name]
      Object.assign(process.env, variables)
      return before
    }),
    (before) =>
      Effect.sync(() => {
        for (const [name, value] of before) {
          if (value === undefined) delete process.env[name]
          else process.env[name] = value
        }
      }),
  )
}
