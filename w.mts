import { build } from "vite"
import { TraceMap, eachMapping } from "@jridgewell/trace-mapping"
const res: any = {}
for (const name of ["bare", "neuroio"]) {
  const out: any = await build({ configFile: false, logLevel: "error", root: "bench/src/size", resolve: { conditions: ["@effect-tokens/source", "module", "browser", "production", "import", "default"] },
    build: { write: false, target: "es2024", sourcemap: true, rollupOptions: { input: `bench/src/size/${name}.ts` } } })
  for (const c of (Array.isArray(out) ? out : [out]).flatMap((o: any) => o.output)) { if (!c.code) continue
    const lines = c.code.split("\n"); const ms: any[] = []
    eachMapping(new TraceMap(c.map), (m: any) => ms.push(m))
    ms.sort((a, b) => a.generatedLine - b.generatedLine || a.generatedColumn - b.generatedColumn)
    for (let i = 0; i < ms.length; i++) { const m = ms[i], n = ms[i + 1]
      const end = n && n.generatedLine === m.generatedLine ? n.generatedColumn : lines[m.generatedLine - 1].length
      const k = (m.source ?? "?").replace(/.*\/(hS|node_modules)\//, "").replace(/^(\.\.\/)+/, "")
      ;((res[k] ??= {})[name] = (res[k][name] ?? 0) + end - m.generatedColumn) }
  }
}
const rows = Object.entries<any>(res).map(([k, r]) => [k, r.bare ?? 0, r.neuroio ?? 0, (r.neuroio ?? 0) - (r.bare ?? 0)] as const).sort((a, b) => b[3] - a[3])
for (const r of rows.slice(0, 50)) console.log(r.join(" "))
