/** Tests that `docs/rules` states each rule once, and every rule that is cited. */
import { existsSync, globSync, readFileSync } from "node:fs"
import { basename, posix } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, test } from "vitest"

const root = fileURLToPath(new URL("..", import.meta.url))

const find = (...patterns: ReadonlyArray<string>): ReadonlyArray<string> =>
  globSync(patterns, {
    cwd: root,
    exclude: (path) => /^(?:node_modules|dist|\..+)$/.test(basename(path)),
  }).map((path) => path.replaceAll("\\", "/"))

const texts = new Map<string, string>()

const read = (file: string): string => {
  let text = texts.get(file)
  if (text === undefined) {
    text = readFileSync(new URL(`../${file}`, import.meta.url), "utf8")
    texts.set(file, text)
  }
  return text
}

const folder = "docs/rules"
const pages = find(`${folder}/*.md`)

const files = find(
  "*.md",
  "docs/**/*.md",
  "{packages,examples}/*/*.md",
  "{packages,examples}/*/{src,test}/**/*.{ts,tsx}",
  "bench/*.md",
  "bench/src/**/*.ts",
  "test/**/*.ts",
)

interface Rule {
  readonly page: string
  readonly code: string
  /** The text below the rule's heading. */
  readonly text: string
}

/** Reads the rules. A heading is the rule's code alone: every forge makes the same anchor of it. */
const rules: ReadonlyArray<Rule> = pages.flatMap((page) =>
  [...read(page).matchAll(/^### ([A-Z]\d+)\n([^]*?)(?=\n#|$(?![^]))/gm)].map(([, code = "", text = ""]) => ({
    page,
    code,
    text,
  })),
)

const stated = new Set(rules.map(({ code }) => code))
const letters = [...new Set(rules.map(({ code }) => code.charAt(0)))].join("")

/**
 * Matches a code that stands alone: `(N4)`, `(N1 to N5)`, `N1–N18`, `rule: "N12"`. It matches nothing within a word, a
 * path, a hexadecimal number, an escape or a code point, such as `%C3` and `U+200B`.
 */
const citation = new RegExp(String.raw`(?<![\w%+$#./=\\&-])[${letters}][1-9]\d*(?![\w%+=])`, "g")

const lineOf = (text: string, index: number): number => text.slice(0, index).split("\n").length

/** Finds all matches in these files, each with its place. */
const matches = (pattern: RegExp, among = files) =>
  among.flatMap((file) =>
    [...read(file).matchAll(pattern)].map((match) => ({
      file,
      match,
      place: `${file}:${lineOf(read(file), match.index)} ${match[0]}`,
    })),
  )

/** Finds the anchors of a page: those that forges make of headings, and those that are written out. */
const anchorsOf = (page: string): ReadonlySet<string> => {
  const headings = [...read(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(/\s/g, "-"),
  )
  return new Set([...headings, ...[...read(page).matchAll(/<a id="([^"]+)">/g)].map(([, id = ""]) => id)])
}

/** True when a path of this repository exists, and so does its anchor. */
const leadsSomewhere = (target: string): boolean => {
  const [path = "", anchor] = target.split("#")
  if (!existsSync(new URL(`../${path}`, import.meta.url))) return false
  return anchor === undefined || (path.endsWith(".md") && anchorsOf(path).has(anchor))
}

/** Finds the links of a page to files, as paths from the root of the repository. */
const linksOf = (page: string) =>
  matches(/\]\(([^)\s]+)\)/g, [page]).flatMap(({ match: [, target = ""], place }) => {
    if (/^[a-z]+:/i.test(target)) return []
    return [{ place, target: target.startsWith("#") ? page + target : posix.join(posix.dirname(page), target) }]
  })

describe("docs/rules", () => {
  test("states each rule once, in order, with its source", () => {
    assert.isNotEmpty(rules)
    for (const letter of letters) {
      const codes = rules.flatMap(({ code, page }) => (code.startsWith(letter) ? [`${page} ${code}`] : []))
      const page = rules.find(({ code }) => code.startsWith(letter))?.page
      assert.deepStrictEqual(
        codes,
        codes.map((_, i) => `${page} ${letter}${i + 1}`),
      )
    }
    const without = rules.filter(({ text }) => !/\[(?:doc|client|ours)\]/.test(text))
    assert.deepStrictEqual(without, [])
  })

  test("states every rule that is cited", () => {
    const cited = matches(citation)
    assert.isAbove(cited.length, rules.length)
    assert.deepStrictEqual(
      cited.filter(({ match: [code] }) => !stated.has(code)).map(({ place }) => place),
      [],
    )
  })

  test("is the only folder that is named as the place of the rules", () => {
    assert.deepStrictEqual(
      matches(/\bspec\/[\w-]+\.md/g).map(({ place }) => place),
      [],
    )
    assert.deepStrictEqual(
      matches(/\bdocs\/rules\/[\w-]+\.md(?:#[\w-]+)?/g)
        .filter(({ match: [target] }) => !leadsSomewhere(target))
        .map(({ place }) => place),
      [],
    )
  })

  test("has no broken link, and no broken link leads to it", () => {
    const guides = ["README.md", "docs/testing.md", "docs/guarantees.md"]
    const toRules = guides.flatMap((guide) => {
      const links = linksOf(guide).filter(({ target }) => target.startsWith(`${folder}/`))
      assert.isNotEmpty(links, guide)
      return links
    })
    assert.deepStrictEqual(
      [...toRules, ...pages.flatMap(linksOf)].filter(({ target }) => !leadsSomewhere(target)).map(({ place }) => place),
      [],
    )
  })
})
