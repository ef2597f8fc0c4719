// Holds the floor of spec console.md §10: every chunk parses as ES2021, our own code calls no newer built-in, and
// nothing points at another origin. What runs in Chromium 87 cannot be tried here; this is what can be checked.
import { readdir, readFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { parse } from 'acorn'
import { distFiles, readDist } from './dist.mjs'

const NEWER_BUILT_INS = [
  /\bstructuredClone\b/,
  /\bObject\.hasOwn\b/,
  /\.at\(/,
  /\.toSorted\b/,
  /\.toReversed\b/,
  /\.toSpliced\b/,
  /\.findLast(Index)?\b/,
  /\bObject\.groupBy\b/,
  /\bAbortSignal\.(any|timeout)\b/,
  /\bPromise\.withResolvers\b/,
  /\bcrypto\.randomUUID\b/,
  /\bArray\.fromAsync\b/,
]

/** XML namespaces are names, not addresses; React and antd name a page of theirs in error texts; the rest stands in forms as examples. */
const NOT_REQUESTED = [
  /^https?:\/\/www\.w3\.org\//,
  /^https:\/\/react\.dev\//,
  /^https:\/\/reactrouter\.com\//,
  /^https:\/\/(4x\.|u\.)?ant\.design\//,
  /^https:\/\/github\.com\//,
  /^https:\/\/echarts\.apache\.org\//,
  /^https:\/\/tanstack\.com\//,
  /^http:\/\/localhost\b/,
  /^http:\/\/10\.0\.0\.8:8080/,
  /^https:\/\/(portal|\*)\.example\.cn\b/,
  /^https:\/\/servicewechat\.com\b/,
]

/** Why a chunk is above the floor, or nothing. */
export function grammarFault(source) {
  try {
    parse(source, { ecmaVersion: 2021, sourceType: 'module' })
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

export function newerBuiltIns(source) {
  return NEWER_BUILT_INS.filter((builtIn) => builtIn.test(source)).map(String)
}

export function foreignAddresses(source) {
  const addresses = source.match(/https?:\/\/[^\s"'`\\)<>]+/g) ?? []
  return addresses.filter((address) => !NOT_REQUESTED.some((known) => known.test(address)))
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const findings = []
  for (const path of await distFiles()) {
    if (!/\.(js|css|html)$/.test(path)) continue
    const text = (await readDist(path)).toString()
    const fault = path.endsWith('.js') ? grammarFault(text) : null
    if (fault !== null) findings.push(`${path}: ${fault}`)
    for (const address of foreignAddresses(text)) findings.push(`${path}: points at ${address}`)
  }
  const src = new URL('../src/', import.meta.url)
  for (const entry of await readdir(src, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.tsx?$/.test(entry.name) || /\.test\.|\.d\.ts$/.test(entry.name)) continue
    const path = `${entry.parentPath}/${entry.name}`
    for (const builtIn of newerBuiltIns(await readFile(path, 'utf8'))) findings.push(`${path.slice(src.pathname.length)}: uses ${builtIn}`)
  }
  for (const finding of findings) console.error(finding)
  if (findings.length > 0) process.exit(1)
  console.log('every chunk parses as ES2021 and stays on its own origin')
}
