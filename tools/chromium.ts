/**
 * Finds a Chromium for tests: the one that `CHROMIUM_PATH` (or `CHROME_BIN`) names, one that is installed, one that
 * Playwright has, or on Linux x64 the one inside the package `@sparticuz/chromium`. Nothing is downloaded.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { delimiter, join } from "node:path"
import { fileURLToPath } from "node:url"
import type * as Playwright from "playwright"

/** How to launch it. Playwright takes it as it is. */
export interface Chromium {
  readonly executablePath: string
  readonly args: Array<string>
  /** The whole environment of its process. */
  readonly env: Record<string, string>
}

/** In a closed network what it wants of its maker only fails, and on a busy machine costs time. */
const args = [
  "--headless",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
]

const environment = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )

const named = (): string | undefined => {
  for (const name of ["CHROMIUM_PATH", "CHROME_BIN"]) {
    const path = process.env[name]
    if (path === undefined || path === "") continue
    if (!isBrowser(path)) throw new Error(`${name} is ${path}, and that is no browser.`)
    return path
  }
  return undefined
}

const programFiles = ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"].flatMap((name) => process.env[name] ?? [])

const knownPlaces: Partial<Record<NodeJS.Platform, ReadonlyArray<string>>> = {
  darwin: ["Google Chrome", "Chromium"].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`),
  win32: programFiles.map((folder) => join(folder, "Google/Chrome/Application/chrome.exe")),
}

/** Some systems have a command of that name which only says where to get the browser. */
const isBrowser = (path: string): boolean =>
  existsSync(path) && (process.platform !== "linux" || spawnSync(path, ["--version"]).status === 0)

const installed = (): string | undefined => {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/bin", "/usr/local/bin", "/opt/google/chrome"]
  const commands = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
  const onPath =
    process.platform === "win32" ? [] : commands.flatMap((name) => folders.map((folder) => join(folder, name)))
  return [...onPath, ...(knownPlaces[process.platform] ?? [])].find(isBrowser)
}

const require = createRequire(import.meta.url)

/** Playwright's own, if it was told to download one. */
const ofPlaywright = (): string | undefined => {
  const { chromium }: Pick<typeof Playwright, "chromium"> = require("playwright")
  const path = chromium.executablePath()
  return existsSync(path) ? path : undefined
}

/** Unpacks what is packed there into the folder for temporary files that it is given, its libraries included. */
const unpack = 'import("@sparticuz/chromium").then(({ default: chromium }) => chromium.executablePath())'

/** Its own settings name folders that are not there: without a font, it dies of the first text field that it draws. */
const fontSettings = (folder: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${folder}/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${folder}/fonts-cache</cachedir>
</fontconfig>
`

/**
 * The package unpacks into the folder for temporary files of all users, and two processes that do so at once would get
 * half a browser. So it is given a folder of its own, which only then becomes the one that everybody uses.
 */
const ofPackage = (): Pick<Chromium, "executablePath" | "env"> | undefined => {
  if (process.platform !== "linux" || process.arch !== "x64") return undefined
  const manifest = new URL("../package.json", import.meta.resolve("@sparticuz/chromium"))
  const { version }: { readonly version: string } = JSON.parse(readFileSync(manifest, "utf8"))
  const root = fileURLToPath(new URL("..", import.meta.url))
  const folder = join(root, "node_modules/.cache/chromium", version)
  if (!existsSync(folder)) {
    const fresh = `${folder}.${process.pid}`
    mkdirSync(fresh, { recursive: true })
    const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", unpack], {
      cwd: root,
      encoding: "utf8",
      // Its own word for a system without the libraries of a desktop, which it then brings along.
      env: { ...environment(), TMPDIR: fresh, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x" },
    })
    if (status !== 0) throw new Error(`The browser inside @sparticuz/chromium cannot be unpacked: ${stderr}`)
    writeFileSync(join(fresh, "fonts.conf"), fontSettings(folder))
    try {
      renameSync(fresh, folder)
    } catch (error) {
      // Another process was faster.
      rmSync(fresh, { recursive: true })
      if (!existsSync(folder)) throw error
    }
  }
  const libraries = join(folder, "al2023/lib")
  const env = environment()
  return {
    executablePath: join(folder, "chromium"),
    env: {
      ...env,
      FONTCONFIG_FILE: join(folder, "fonts.conf"),
      LD_LIBRARY_PATH: [libraries, ...(env["LD_LIBRARY_PATH"]?.split(":") ?? [])].join(":"),
    },
  }
}

let found: Chromium | undefined

export const findChromium = (): Chromium => {
  if (found !== undefined) return found
  const path = named() ?? installed() ?? ofPlaywright()
  const browser = path === undefined ? ofPackage() : { executablePath: path, env: environment() }
  if (browser === undefined) {
    throw new Error("There is no Chromium: install Chromium or Chrome, or name one in CHROMIUM_PATH.")
  }
  // Its own sandbox does not start as root.
  found = { ...browser, args: process.getuid?.() === 0 ? [...args, "--no-sandbox"] : args }
  return found
}

/** Nothing where there is none. */
export const lookForChromium = (): Chromium | undefined => {
  try {
    return findChromium()
  } catch {
    return undefined
  }
}
