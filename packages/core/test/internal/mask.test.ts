/** C7: what a server makes of a secret on its way back. */
import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { makeMask } from "../../src/internal/mask.ts"

const rfc3986 = (text: string) =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

const html = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;")

const unicodeEscaped = (text: string) =>
  Array.from({ length: text.length }, (_, i) => String.raw`\u${text.charCodeAt(i).toString(16).padStart(4, "0")}`).join(
    "",
  )

const base64 = (text: string) => Buffer.from(text).toString("base64")

const encodings: Readonly<Record<string, (secret: string) => string>> = {
  "as it is": (secret) => secret,
  "percent-encoded": encodeURIComponent,
  "percent-encoded in lower case": (secret) => encodeURIComponent(secret).toLowerCase(),
  "percent-encoded by RFC 3986": rfc3986,
  "percent-encoded but for slashes": (secret) => rfc3986(secret).replaceAll("%2F", "/"),
  "percent-encoded twice": (secret) => encodeURIComponent(encodeURIComponent(secret)),
  "as a form": (secret) => new URLSearchParams({ a: secret }).toString().slice(2),
  "as JSON": (secret) => JSON.stringify(secret).slice(1, -1),
  "as JSON in JSON": (secret) => JSON.stringify(JSON.stringify(secret)).slice(3, -3),
  "in Unicode escapes": unicodeEscaped,
  "as HTML": html,
  "in base64": base64,
  "in base64 for URLs": (secret) => Buffer.from(secret).toString("base64url"),
  "in base64 after a user name": (secret) => base64(`user:${secret}`),
  "in base64 after another user name": (secret) => base64(`users:${secret}`),
  "in hex": (secret) => Buffer.from(secret).toString("hex"),
  "as a dump in hex": (secret) =>
    Buffer.from(secret)
      .toString("hex")
      .replaceAll(/..(?!$)/g, "$& "),
  "as a list of bytes": (secret) => JSON.stringify([...Buffer.from(secret)]).replaceAll(",", ", "),
  "in HTML by numbers": (secret) => Array.from(secret, (character) => `&#${character.codePointAt(0)};`).join(""),
  "in HTML by hexadecimal numbers": (secret) =>
    Array.from(secret, (character) => `&#x00${character.codePointAt(0)?.toString(16)};`).join(""),
  "as a dump in hex over lines": (secret) =>
    Buffer.from(secret)
      .toString("hex")
      .replaceAll(/..(?!$)/g, "$&,\n"),
  "in pieces that look like one": (secret) => [...secret].join("\u200B"),
  "in upper case": (secret) => secret.toUpperCase(),
}

/** Long enough to be a secret, with characters that every encoding treats in its own way. */
const secret = fc
  .oneof(
    fc.array(fc.constantFrom(..."abcXYZ0189-_.~!*'()/?#&=+%<>\"\\ :;,@$é字"), { minLength: 12, maxLength: 40 }),
    // As the vendors make them: texts without anything like an escape are searched in a quicker way.
    fc.array(fc.constantFrom(..."abcXYZ0189-_"), { minLength: 12, maxLength: 40 }),
  )
  .map((characters) => `s${characters.join("")}e`)

describe("a mask", () => {
  it("finds a secret in whatever encoding it comes back", () => {
    fc.assert(
      fc.property(secret, (secret) => {
        const mask = makeMask([secret])
        for (const [name, encode] of Object.entries(encodings)) {
          if (name === "in upper case" && secret.toUpperCase().toLowerCase() !== secret.toLowerCase()) continue
          assert.match(mask(`before ${encode(secret)} after`), /^before .{0,12}<redacted>.{0,12} after$/, name)
          assert.match(mask(encode(secret)), /^.{0,12}<redacted>.{0,12}$/, `${name}, with nothing around it`)
        }
      }),
    )
  })

  it("covers a secret within another one, and does not mask its own mask", () => {
    const mask = makeMask(["act", "redacted-key", "e"])
    assert.strictEqual(mask("x redacted-key y"), "x <redacted> y")
    assert.strictEqual(makeMask(["act"])("an act"), "an <redacted>")
    assert.strictEqual(makeMask(["secret", "secret-and-longer"])("x secret-and-longer y"), "x <redacted> y")
  })

  it("leaves other text alone", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z ]{0,80}$/), (text) => {
        assert.strictEqual(makeMask(["credential-0123456789"])(text), text.trim())
      }),
    )
  })

  it("is not slowed down by a text made for that", () => {
    const mask = makeMask([`${"\\".repeat(40)}a`, "aaaaaaaaaaaaaaaaaaaab", '"/"/"/"/"/"/"/"'])
    for (const unit of ["\\", "a", '"/', "%25", "\\u005c"]) {
      assert.isBelow(mask(unit.repeat(1_000_000)).length, 400)
    }
  })

  it("leaves no half of a secret that a cut went through", () => {
    const secret = "canary-0123456789-yranac"
    for (let before = 4050; before < 4110; before++) {
      assert.notInclude(makeMask([secret])(`${"x".repeat(before)}${secret.repeat(200)}`), "canary")
      assert.notInclude(makeMask([secret])(`${secret.repeat(200)}${"x".repeat(before)}`), "canary")
    }
  })

  it("leaves no half of a secret either where what comes before it is folded, masked or just long enough", () => {
    const secret = "canary-0123456789-yranac"
    const mask = makeMask([secret, "other-secret"])
    fc.assert(
      fc.property(
        fc.constantFrom("\u0000", "\r\n", "\u200b", "other-secret", "x\u0000", " "),
        fc.nat({ max: 400 }),
        fc.integer({ min: 3900, max: 4130 }),
        fc.constantFrom((text: string) => text, encodeURIComponent, unicodeEscaped),
        (filler, seen, before, encode) => {
          const start = `${"x".repeat(seen)}${filler.repeat(5000)}`.slice(0, before)
          assert.notMatch(mask(`${start}${encode(secret)}${"y".repeat(5000)}`), /cana|u0063|0061/)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it("folds what does not print, and leaves out what is not seen", () => {
    assert.strictEqual(makeMask([])("a\r\nb\u001b[31mc\u202ed\u200be\u2028f"), "a b [31mcde f")
  })
})
