/**
 * Tests that no modules import each other in a circle. Type-only imports count: Node does not load them, but a reader of
 * one module of such a circle must read them all.
 */
import { globSync, readFileSync } from "node:fs"
import { posix } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, test } from "vitest"

const root = fileURLToPath(new URL("..", import.meta.url))

const files = globSync("packages/*/src/**/*.{ts,tsx}", { cwd: root }).map((path) => path.replaceAll("\\", "/"))

/** Matches the path of another module in any form of import and export: static, for types alone, or dynamic. */
const specifier = /\b(?:from|import)\s*\(?\s*"(\.[^"]+)"/g

const importsOf = (file: string): ReadonlyArray<string> =>
  Array.from(readFileSync(`${root}/${file}`, "utf8").matchAll(specifier), ([, path = ""]) =>
    posix.join(posix.dirname(file), path),
  )

type Graph = ReadonlyMap<string, ReadonlyArray<string>>

/** Finds one circle for each import that closes one, as the modules in order. */
const circlesOf = (graph: Graph): ReadonlyArray<string> => {
  const circles: Array<string> = []
  const done = new Set<string>()
  const visit = (file: string, path: ReadonlyArray<string>): void => {
    if (path.includes(file)) return void circles.push([...path.slice(path.indexOf(file)), file].join(" → "))
    if (done.has(file)) return
    for (const imported of graph.get(file) ?? []) visit(imported, [...path, file])
    done.add(file)
  }
  for (const file of graph.keys()) visit(file, [])
  return circles
}

test("a circle is found, whatever its length", () => {
  const graph: Graph = new Map([
    ["a", ["b", "d"]],
    ["b", ["c"]],
    ["c", ["b", "d"]],
    ["d", ["d"]],
  ])
  assert.deepStrictEqual(circlesOf(graph), ["b → c → b", "d → d"])
})

test("no modules of a package import each other in a circle", () => {
  const graph: Graph = new Map(files.map((file) => [file, importsOf(file)]))
  const known = new Set(files)
  const imports = [...graph.values()].flat().filter((path) => !path.endsWith(".css"))
  assert.isAbove(imports.length, files.length)
  assert.deepStrictEqual(
    imports.filter((path) => !known.has(path)),
    [],
  )
  assert.deepStrictEqual(circlesOf(graph), [])
})
