/**
 * Replaces every built module of a workspace by one that throws. Tests that still pass do not read `dist/`.
 */
import { globSync, mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { publishedPackages } from "./publishedPackages.ts"

export const poisonDist = (root: string): void => {
  for (const { folder } of publishedPackages(root)) {
    for (const source of globSync("**/*.ts", { cwd: join(folder, "src") })) {
      const built = join(folder, "dist", source.replace(/\.ts$/, ".js"))
      mkdirSync(dirname(built), { recursive: true })
      writeFileSync(built, 'throw new Error("This was read from dist/: tests read the sources.")\n')
    }
  }
}

if (import.meta.main) poisonDist(process.argv[2] ?? ".")
