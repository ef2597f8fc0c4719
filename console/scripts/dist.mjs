// Reads what a build wrote: the files, and which of them the first page loads.
import { readdir, readFile } from 'node:fs/promises'

export const DIST = new URL('../dist/', import.meta.url)

/** Files under `dist`, by their path from it, without the compressed copies. */
export async function distFiles() {
  const names = await readdir(DIST, { recursive: true, withFileTypes: true })
  const root = DIST.pathname
  return names
    .filter((entry) => entry.isFile() && !/\.(gz|br)$/.test(entry.name))
    .map((entry) => `${entry.parentPath}/${entry.name}`.replace(/\/+/g, '/').slice(root.length))
    .sort()
}

export function readDist(path) {
  return readFile(new URL(path, DIST))
}

/** The JavaScript and CSS that `index.html` names: what a first visit must load before anything is seen. */
export function entryFiles(html) {
  return Array.from(html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g), (match) => match[1])
}
