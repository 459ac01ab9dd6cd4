/** Finds the packages of the workspace that npm publishes: those that are not private. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

export interface PublishedPackage {
  readonly folder: string
  readonly manifest: {
    readonly name: string
    readonly version: string
    readonly private?: boolean
    readonly dependencies?: Readonly<Record<string, string>>
    readonly peerDependencies?: Readonly<Record<string, string>>
  }
}

export const publishedPackages = (root: string): ReadonlyArray<PublishedPackage> =>
  readdirSync(join(root, "packages")).flatMap((name) => {
    const folder = join(root, "packages", name)
    const manifest: PublishedPackage["manifest"] = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
    return manifest.private === true ? [] : [{ folder, manifest }]
  })
