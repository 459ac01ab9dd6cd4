/** `effect-tokens sandbox`. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as CliError from "effect/cli/CliError"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import { builtFolder, isBuilt } from "../consolePage.ts"
import * as SandboxServer from "../SandboxServer.ts"

/** The process's exit code when it is interrupted: 130 as in a shell, 0 once a sandbox is served. */
export const interruption = { exitCode: 130 }

const flags = {
  port: Flag.Int("port").pipe(
    Flag.withDescription("Port to listen on; 0 takes a free port"),
    Flag.filter(
      (port) => port >= 0 && port <= 65_535,
      () => "a port is a whole number from 0 to 65535",
    ),
    Flag.withDefault(SandboxServer.defaults.port),
  ),
  host: Flag.String("host").pipe(
    Flag.withDescription("Address to listen on; defaults to this machine only"),
    Flag.filter(
      (host) => host !== "",
      () => "an address or a name to listen on",
    ),
    Flag.withDefault(SandboxServer.defaults.host),
  ),
  seed: Flag.Int("seed").pipe(
    Flag.withDescription("Determines ids, keys and credentials"),
    Flag.filter(
      (seed) => seed >= 0 && seed <= 0xffff_ffff,
      () => "a seed is a whole number from 0 to 4294967295",
    ),
    Flag.withDefault(SandboxServer.defaults.seed),
  ),
  cors: Flag.Boolean("cors").pipe(
    Flag.withDescription("Let pages of any origin call it from a browser, its control included"),
    Flag.withDefault(SandboxServer.defaults.cors),
  ),
  console: Flag.Boolean("console").pipe(
    Flag.withDescription("Serve the console, a page to manage the sandbox, at /console/"),
    Flag.withDefault(SandboxServer.defaults.console),
  ),
  json: Flag.Boolean("json").pipe(
    Flag.withDescription("Print where it listens and its credentials as one line of JSON"),
    Flag.withDefault(false),
  ),
}

/** The text that the command prints. It shows credentials on purpose: they open only this sandbox. */
const announcement = ({ console, credentials, url }: SandboxServer.SandboxServer["Service"]) => {
  const account = Redacted.value(credentials.neuroio.account)
  const manager = Redacted.value(credentials.neuroio.manager)
  const { clientId } = credentials.umaaas
  const clientSecret = Redacted.value(credentials.umaaas.clientSecret)
  const umaaasUrl = `${url}/umaaas/v1`
  return {
    json: JSON.stringify({
      url,
      neuroio: { account, manager },
      umaaas: { url: umaaasUrl, clientId, clientSecret },
      ...(console === undefined ? {} : { console }),
    }),
    text: `The sandbox listens on ${url}
  routes     ${url}/docs, ${url}/openapi.json${console === undefined ? "" : `\n  console    ${console}`}

NeuroIO
  account    ${account}
  manager    ${manager} (has no stream tokens)

UMAaaS at ${umaaasUrl}
  client id  ${clientId}
  secret     ${clientSecret}

Call them with curl:
  curl -H "Authorization: Token ${account}" ${url}/v1/tokens/
  curl -u ${clientId}:${clientSecret} ${umaaasUrl}/tokens

or from a program that reads its environment:
  export NEUROIO_API_TOKEN=${account} NEUROIO_IAM_URL=${url} NEUROIO_API_URL=${url}
  export UMAAAS_CLIENT_ID=${clientId} UMAAAS_CLIENT_SECRET=${clientSecret} UMAAAS_URL=${umaaasUrl}

Everything is in memory. Ctrl-C ends it.`,
  }
}

const cannotListen = (host: string, port: number, cause: unknown): string => {
  const code = Predicate.hasProperty(cause, "code") ? String(cause.code) : "unknown reason"
  const advice =
    code === "EADDRINUSE" ? " Something listens there already: choose another --port; 0 takes a free port." : ""
  return `Cannot listen on ${host} port ${port} (${code}).${advice}`
}

const noConsole = new CliError.UserError({
  cause: undefined,
  userMessage: "The console is not built yet: npm run build builds it, and npm run console shows it without a build.",
})

export const sandboxCommand = Command.make(
  "sandbox",
  flags,
  Effect.fn(function* ({ console, cors, host, json, port, seed }) {
    if (console && !(yield* isBuilt(builtFolder))) return yield* Effect.fail(noConsole)
    // Interruption is how a served sandbox ends: a supervisor should see success.
    interruption.exitCode = 0
    yield* SandboxServer.SandboxServer.pipe(
      Effect.flatMap((server) => Console.log(announcement(server)[json ? "json" : "text"])),
      Effect.andThen(Effect.never),
      Effect.provide(SandboxServer.layer({ console, cors, host, port, seed })),
      Effect.catchTag("ServeError", ({ cause }) =>
        Effect.fail(new CliError.UserError({ cause, userMessage: cannotListen(host, port, cause) })),
      ),
    )
  }),
).pipe(
  Command.withDescription("Serve platforms in memory that behave like NeuroIO and UMAaaS, until interrupted"),
  Command.withExamples([
    { command: "effect-tokens sandbox", description: "On http://127.0.0.1:8787" },
    { command: "effect-tokens sandbox --console", description: "With a page to look at it" },
    { command: "effect-tokens sandbox --port 0 --json", description: "On a free port, for a script to read" },
  ]),
)
