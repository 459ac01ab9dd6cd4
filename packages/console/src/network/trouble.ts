/** What may go wrong with calls, in words, and as the sandbox's plan. */
import type { Faults } from "@effect-tokens/testkit"

export interface Trouble {
  readonly label: string
  readonly fault: Faults.Fault
}

/** The sandbox holds an answer back for so long, in milliseconds: less than the client waits for one. */
const latency = 2000

/**
 * A broken connection may go unseen: browsers send a request again by themselves, a create as well, when a connection
 * that they had used before breaks before its answer begins.
 */
export const troubles: ReadonlyArray<Trouble> = [
  { label: "503 Service Unavailable", fault: { _tag: "Status", status: 503 } },
  { label: "429, to be tried again after 1 s", fault: { _tag: "Status", status: 429, retryAfter: 1 } },
  { label: "Broken connection", fault: { _tag: "Reset" } },
  { label: "Answers 2 s late", fault: { _tag: "Latency", millis: latency } },
  { label: "Done, but answered 502", fault: { _tag: "Status", status: 502, afterEffect: true } },
]

export type Operation = Faults.Rule["operation"]

export const operations: ReadonlyArray<readonly [group: string, names: ReadonlyArray<Operation>]> = [
  ["NeuroIO tokens", ["Tokens.list", "Tokens.create", "Tokens.update", "Tokens.delete", "Tokens.deleteList"]],
  [
    "NeuroIO stream tokens",
    [
      "StreamTokens.list",
      "StreamTokens.create",
      "StreamTokens.update",
      "StreamTokens.delete",
      "StreamTokens.deleteList",
    ],
  ],
  ["UMAaaS API tokens", ["ApiTokens.list", "ApiTokens.create", "ApiTokens.delete"]],
]

/** `times`: how many requests of the operation it strikes, from now on. A call that is sent again makes several. */
export interface Plan {
  readonly trouble: Trouble
  readonly operation: Operation
  readonly times: number
}

export const planOf = ({ operation, times, trouble }: Plan): Faults.Plan => ({
  _tag: "Script",
  rules: [{ operation, times, fault: trouble.fault }],
})
