// Holds the sizes of spec console.md §1: entry ≤ 450 KB, a page's chunk ≤ 60 KB, ECharts ≤ 220 KB, all gzip.
import { gzipSync } from 'node:zlib'
import { pathToFileURL } from 'node:url'
import { distFiles, entryFiles, readDist } from './dist.mjs'

const KB = 1000
export const BUDGETS = { entry: 450 * KB, echarts: 220 * KB, page: 60 * KB }

/** What is too big, one sentence each. `sizes` are gzip bytes by path; `entry` are the paths of the first load. */
export function overruns(sizes, entry) {
  const findings = []
  const total = entry.reduce((sum, path) => sum + (sizes[path] ?? 0), 0)
  if (total > BUDGETS.entry) findings.push(`entry is ${total} bytes, the budget is ${BUDGETS.entry}`)
  for (const [path, bytes] of Object.entries(sizes)) {
    if (entry.includes(path) || !path.endsWith('.js')) continue
    const budget = /echarts/.test(path) ? BUDGETS.echarts : BUDGETS.page
    if (bytes > budget) findings.push(`${path} is ${bytes} bytes, the budget is ${budget}`)
  }
  return findings
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const entry = entryFiles((await readDist('index.html')).toString())
  const sizes = {}
  for (const path of await distFiles()) {
    if (/\.(js|css)$/.test(path)) sizes[path] = gzipSync(await readDist(path), { level: 9 }).length
  }
  const total = entry.reduce((sum, path) => sum + (sizes[path] ?? 0), 0)
  for (const [path, bytes] of Object.entries(sizes).sort((a, b) => b[1] - a[1]).slice(0, 8)) console.log(`${String(bytes).padStart(8)}  ${path}`)
  console.log(`${String(total).padStart(8)}  entry (budget ${BUDGETS.entry})`)
  const findings = overruns(sizes, entry)
  for (const finding of findings) console.error(finding)
  if (findings.length > 0) process.exit(1)
}
