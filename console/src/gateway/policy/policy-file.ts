/** A policy as a file: what an export writes, and what an import reads, from JSON or from a spreadsheet of objects. */
import type { PolicyFile } from '../../api/types'
import { parseCsv, toCsv } from '../../kit/csv'

type FileObject = NonNullable<PolicyFile['objects']>[number]

/** Columns of a spreadsheet, by the words that may head them. Several hosts or upstreams stand in one cell, with blanks or semicolons between. */
const COLUMNS = {
  name: ['name', '名称', '对象名称'],
  group: ['group', '对象组', '组'],
  hosts: ['hosts', '域名'],
  path_prefix: ['path_prefix', '路径前缀'],
  upstreams: ['upstreams', '上游', '后端地址'],
  mode: ['mode', '模式'],
} as const

type Column = keyof typeof COLUMNS

const MODES: Record<string, 'block' | 'observe' | 'bypass'> = { block: 'block', observe: 'observe', bypass: 'bypass', 拦截: 'block', 观察: 'observe', 旁路: 'bypass' }

/** Why a file cannot be read; `line` counts from 1. */
export class FileProblem extends Error {
  constructor(
    readonly kind: 'json' | 'columns' | 'mode' | 'empty' | 'quotes',
    readonly line: number,
    readonly found: string,
  ) {
    super(`${kind} ${line} ${found}`)
  }
}

/** The text of a file. Spreadsheets on Chinese machines write GBK unless they are told otherwise. */
export function textOf(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('gb18030').decode(bytes)
  }
}

/** Reads what a person chose. A spreadsheet changes what it has columns for; the rest stays as `current` says. */
export function readPolicyFile(name: string, text: string, current: PolicyFile): PolicyFile {
  if (/\.csv$/i.test(name)) return { objects: objectsOf(text, new Map((current.objects ?? []).map((object) => [object.name, object]))) }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as PolicyFile
  } catch (error) {
    throw new FileProblem('json', 1, error instanceof Error ? error.message : '')
  }
}

function objectsOf(text: string, current: Map<string, FileObject>): FileObject[] {
  const table = parseCsv(text)
  if (table === null) throw new FileProblem('quotes', 1, '')
  const [head, ...rows] = table
  const places = new Map<Column, number>()
  head?.forEach((title, at) => {
    const known = (Object.keys(COLUMNS) as Column[]).find((column) => COLUMNS[column].some((word) => word === title.trim().toLowerCase()))
    if (known === undefined) throw new FileProblem('columns', 1, title)
    places.set(known, at)
  })
  for (const needed of ['name', 'hosts', 'upstreams'] as const) if (!places.has(needed)) throw new FileProblem('columns', 1, needed)
  const objects = rows.filter((row) => row.some((cell) => cell.trim() !== '')).map((row, at) => objectOf((column) => (places.has(column) ? (row[places.get(column) ?? -1]?.trim() ?? '') : null), at + 2, current))
  if (objects.length === 0) throw new FileProblem('empty', 1, '')
  return objects
}

function several(text: string): string[] {
  return text.split(/[\s;；]+/).filter((part) => part !== '')
}

/** One row; `cell` gives `null` for a column that the table does not have. */
function objectOf(cell: (column: Column) => string | null, line: number, current: Map<string, FileObject>): FileObject {
  const name = cell('name') ?? ''
  const before = current.get(name)
  const said = cell('mode') ?? ''
  const mode = said === '' ? undefined : MODES[said.toLowerCase()]
  if (said !== '' && mode === undefined) throw new FileProblem('mode', line, said)
  const group = cell('group')
  const settings = mode === undefined ? before?.settings : { ...before?.settings, mode }
  return {
    ...before,
    name,
    hosts: several(cell('hosts') ?? ''),
    path_prefix: (cell('path_prefix') ?? before?.path_prefix) || '/',
    upstreams: several(cell('upstreams') ?? ''),
    group: group === null ? (before?.group ?? null) : group || null,
    ...(settings === undefined ? {} : { settings }),
  }
}

/** The objects of a policy as a spreadsheet that can be read again. */
export function objectsCsv(file: PolicyFile): string {
  const rows = (file.objects ?? []).map((object) => [object.name, object.group ?? '', object.hosts.join(' '), object.path_prefix ?? '/', object.upstreams.join(' '), object.settings?.mode ?? ''])
  return toCsv(['name', 'group', 'hosts', 'path_prefix', 'upstreams', 'mode'], rows)
}
