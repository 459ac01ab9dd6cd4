import { build } from "vite"
const names = new Map<string, Record<string, Map<string, number>>>()
for (const name of ["bare", "neuroio"]) {
  const out: any = await build({ configFile: false, logLevel: "warn", root: "bench/src/size", resolve: { conditions: ["@effect-tokens/source", "module", "browser", "production", "import", "default"] },
    build: { write: false, target: "es2024", minify: false, rollupOptions: { input: `bench/src/size/${name}.ts` } } })
  for (const c of (Array.isArray(out) ? out : [out]).flatMap((o: any) => o.output)) for (const [id, m] of Object.entries<any>(c.modules ?? {})) {
    const k = id.replace(/.*\/(hS|node_modules)\//, "")
    const row = names.get(k) ?? {}; 
    const parts = (m.code ?? "").split(/\n(?=(?:const|var|let|function|class|async function) )/)
    row[name] = new Map(parts.map((p: string) => [/(?:const|var|let|function\*?|class) ([\w$]+)/.exec(p)?.[1] ?? p.slice(0,20), p.length])); names.set(k, row)
  }
}
for (const [k, r] of names) { if (!k.startsWith("effect")) continue
  const extra = [...(r.neuroio ?? new Map())].filter(([n]) => !(r.bare ?? new Map()).has(n)).sort((a,b)=>b[1]-a[1])
  const total = extra.reduce((s, [,l]) => s + l, 0)
  if (total > 600) console.log(k, total, extra.slice(0, 25).map(([n,l])=>n+":"+l).join(" "))
}
