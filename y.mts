import { build } from "vite"
const sizes = new Map<string, Record<string, number>>()
for (const name of ["bare", "neuroio"]) {
  const out: any = await build({ configFile: false, logLevel: "warn", root: "bench/src/size", resolve: { conditions: ["@effect-tokens/source", "module", "browser", "production", "import", "default"] },
    build: { write: false, target: "es2024", minify: false, rollupOptions: { input: `bench/src/size/${name}.ts` } } })
  for (const c of (Array.isArray(out) ? out : [out]).flatMap((o: any) => o.output)) for (const [id, m] of Object.entries<any>(c.modules ?? {})) {
    const k = id.replace(/.*\/(hS|node_modules)\//, "")
    const row = sizes.get(k) ?? {}; row[name] = (row[name] ?? 0) + (m.code?.length ?? m.renderedLength); sizes.set(k, row)
  }
}
const rows = [...sizes].map(([k, r]) => [k, r.bare ?? 0, r.neuroio ?? 0, (r.neuroio ?? 0) - (r.bare ?? 0)] as const).filter(r => Math.abs(r[3]) > 300).sort((a, b) => b[3] - a[3])
for (const r of rows.slice(0, 60)) console.log(r.join(" "))
