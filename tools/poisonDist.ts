/**
 * Replaces all that is built by modules that throw, in the workspace of the folder that is given: tests that then pass
 * read no `dist/`.
 */
import { globSync, mkdirSync, writeFileSync } from "node:fs"
import { dirname, join, sep } from "node:path"

export const poisonDist = (root: string): void => {
  for (const source of globSync("packages/*/src/**/*.ts", { cwd: root })) {
    const built = join(root, source.replace(`${sep}src${sep}`, `${sep}dist${sep}`).replace(/\.ts$/, ".js"))
    mkdirSync(dirname(built), { recursive: true })
    writeFileSync(built, 'throw new Error("This was read from dist/: tests read the sources.")\n')
  }
}

if (import.meta.main) poisonDist(process.argv[2] ?? ".")
