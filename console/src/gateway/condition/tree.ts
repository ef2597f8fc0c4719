/**
 * A condition as the builder holds it. The written form is `{"all":[…]}`, `{"any":[…]}`, `{"not":…}` or
 * `{"field","op","value"}`; here each group and each test may be turned around, and has a number of its own, so that it keeps
 * its place on the page while others come and go.
 */
import { FIELDS, fieldInfo, NAMED, opsOf, takesMany, type FieldName } from './fields'

/** How deep a written condition may be, its tests counted, and how many tests and values it may have. */
export const MAX_DEPTH = 8
export const MAX_TESTS = 256
export const MAX_VALUES = 1000

export interface Group {
  id: number
  kind: 'group'
  negated: boolean
  join: 'all' | 'any'
  parts: Node[]
}

export interface Test {
  id: number
  kind: 'test'
  negated: boolean
  field: string
  /** What stands behind the dot of `arg.NAME`, `header.NAME`, `cookie.NAME`. */
  name: string
  op: string
  values: string[]
}

export type Node = Group | Test

/** The written form. */
export type Written = { all: Written[] } | { any: Written[] } | { not: Written } | { field: string; op: string; value?: unknown }

let lastId = 0

/** A test as it is added: most ask for the beginning of a path. */
export function newTest(): Test {
  lastId += 1
  return { id: lastId, kind: 'test', negated: false, field: 'path', name: '', op: 'prefix', values: [] }
}

export function newGroup(join: Group['join'], parts: Node[]): Group {
  lastId += 1
  return { id: lastId, kind: 'group', negated: false, join, parts }
}

/** What is wrong with the shape of a written condition, and where. */
export class ShapeFault extends Error {
  constructor(readonly path: string) {
    super(path)
  }
}

/** Reads the written form; `null` and `undefined` stand for every request. */
export function readCondition(written: unknown): Group | null {
  if (written === null || written === undefined) return null
  const root = readNode(written, '', 1)
  return root.kind === 'group' ? root : newGroup('all', [root])
}

function readNode(written: unknown, path: string, depth: number): Node {
  // Whatever is deeper than the server takes would only exhaust us.
  if (depth > 2 * MAX_DEPTH || typeof written !== 'object' || written === null || Array.isArray(written)) throw new ShapeFault(path)
  const { all, any, not, field, op, value, ...rest } = written as Record<string, unknown>
  const said = [all, any, not, field].filter((part) => part !== undefined).length
  if (said !== 1 || Object.keys(rest).length > 0) throw new ShapeFault(path)
  for (const [join, parts] of [['all', all], ['any', any]] as const) {
    if (parts === undefined) continue
    if (!Array.isArray(parts) || op !== undefined || value !== undefined) throw new ShapeFault(path)
    return newGroup(join, parts.map((part, at) => readNode(part, `${dotted(path, join)}[${at}]`, depth + 1)))
  }
  if (not !== undefined) {
    const node = readNode(not, dotted(path, 'not'), depth + 1)
    return { ...node, negated: !node.negated }
  }
  if (typeof field !== 'string' || typeof op !== 'string') throw new ShapeFault(path)
  const values = (Array.isArray(value) ? value : value === undefined ? (op === 'exists' ? [true] : []) : [value]).map(readValue)
  if (values.includes(null)) throw new ShapeFault(dotted(path, 'value'))
  const [first, ...after] = field.split('.')
  const named = NAMED.find((known) => known === first && after.length > 0)
  return { ...newTest(), field: named ?? field, name: named === undefined ? '' : after.join('.'), op, values: values as string[] }
}

function readValue(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
}

function dotted(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}

/** A condition as it is sent, and which node stands at which path: faults of the server name paths. */
export interface Sent {
  written: Written | null
  places: Map<string, number>
}

export function writeCondition(root: Group | null): Sent {
  const places = new Map<string, number>()
  if (root === null || (root.parts.length === 0 && !root.negated)) return { written: null, places }
  // A group of one says what its part says, and one level less.
  const [only, ...others] = root.parts
  const top = only !== undefined && others.length === 0 && !root.negated ? only : root
  if (top !== root) places.set('', root.id)
  return { written: writeNode(top, '', places), places }
}

function writeNode(node: Node, path: string, places: Map<string, number>): Written {
  if (!places.has(path)) places.set(path, node.id)
  if (node.negated) return { not: writeNode({ ...node, negated: false }, dotted(path, 'not'), places) }
  if (node.kind === 'test') return writeTest(node)
  const parts = node.parts.map((part, at) => writeNode(part, `${dotted(path, node.join)}[${at}]`, places))
  return node.join === 'all' ? { all: parts } : { any: parts }
}

function writeTest(test: Test): Written {
  const field = NAMED.some((named) => named === test.field) ? `${test.field}.${test.name.trim()}` : test.field
  const { op } = test
  const values = test.values.map((value) => writeValue(test, value))
  if (op === 'exists') return { field, op, value: test.values[0] !== 'false' }
  return { field, op, value: takesMany(op) ? values : (values[0] ?? '') }
}

function writeValue(test: Test, value: string): unknown {
  const isNumber = fieldInfo(test.field)?.kind === 'number' && /^\d{1,15}$/.test(value.trim())
  return isNumber ? Number(value) : value
}

/** The node that a path of a fault is about: the one that stands there, or the nearest above. */
export function nodeAt(places: Map<string, number>, path: string): number | null {
  let rest = path
  for (;;) {
    const found = places.get(rest)
    if (found !== undefined) return found
    if (rest === '') return null
    const end = rest.lastIndexOf('.')
    rest = end < 0 ? '' : rest.slice(0, end)
  }
}

/** How deep the written form of a node is, its tests counted. */
export function depthOf(node: Node): number {
  const own = node.negated ? 2 : 1
  return node.kind === 'test' ? own : own + Math.max(0, ...node.parts.map(depthOf))
}

export function countTests(node: Node | null): number {
  if (node === null) return 0
  return node.kind === 'test' ? 1 : node.parts.reduce((sum, part) => sum + countTests(part), 0)
}

/** Why a node cannot be sent; each has a sentence. */
export type Slip = 'empty' | 'tooDeep' | 'tooMany' | 'field' | 'name' | 'op' | 'value' | 'number' | 'address' | 'block' | 'choice' | 'tooManyValues'

const TOKEN = /^[\w!#$%&'*+.^`|~-]{1,128}$/
const NUMBER = /^\d{1,15}$/

/** What a person can see to before the server is asked; by the number of the node. */
export function slipsOf(root: Group | null): Map<number, Slip> {
  const slips = new Map<number, Slip>()
  if (root === null || (root.parts.length === 0 && !root.negated)) return slips
  if (depthOf(root) - (root.parts.length === 1 && !root.negated ? 1 : 0) > MAX_DEPTH) slips.set(root.id, 'tooDeep')
  if (countTests(root) > MAX_TESTS) slips.set(root.id, 'tooMany')
  visit(root, (node) => {
    const slip = node.kind === 'group' ? (node.parts.length === 0 ? 'empty' : null) : slipOf(node)
    if (slip !== null && !slips.has(node.id)) slips.set(node.id, slip)
  })
  return slips
}

function visit(node: Node, see: (node: Node) => void): void {
  see(node)
  if (node.kind === 'group') node.parts.forEach((part) => visit(part, see))
}

function slipOf(test: Test): Slip | null {
  const info = fieldInfo(test.field)
  if (info === null) return 'field'
  if (test.field === 'arg' ? !/^[^\p{Cc}]{1,128}$/u.test(test.name.trim()) : NAMED.some((named) => named === test.field) && !TOKEN.test(test.name.trim())) return 'name'
  if (!opsOf(test.field).some((op) => op === test.op)) return 'op'
  if (test.op === 'exists') return null
  if (test.values.length > MAX_VALUES) return 'tooManyValues'
  // Text may be compared with nothing at all, but a prefix of nothing is every prefix.
  const mayBeEmpty = info.kind === 'text' && (test.op === 'eq' || test.op === 'ne')
  if (!mayBeEmpty && (test.values.length === 0 || test.values.some((value) => value.trim() === ''))) return 'value'
  if (info.kind === 'number') return test.values.every((value) => NUMBER.test(value.trim())) ? null : 'number'
  if (info.kind === 'choice') return test.values.every((value) => info.choices?.includes(value)) ? null : 'choice'
  if (info.kind !== 'address') return null
  if (!test.values.every(isAddressOrBlock)) return 'address'
  return test.op === 'cidr' || test.values.every((value) => !/[/-]/.test(value)) ? null : 'block'
}

/** An address, a block, or a range, by its look; the server looks closer. */
export function isAddressOrBlock(text: string): boolean {
  const [first = '', last, ...more] = text.trim().split('-')
  if (more.length > 0) return false
  if (last !== undefined) return isAddress(first.trim()) && isAddress(last.trim())
  const [address = '', bits, ...rest] = first.split('/')
  if (rest.length > 0 || !isAddress(address)) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (address.includes(':') ? 128 : 32))
}

function isAddress(text: string): boolean {
  if (text.includes(':')) return isIpv6(text)
  const parts = text.split('.')
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
}

function isIpv6(text: string): boolean {
  const halves = text.split('::')
  if (halves.length > 2) return false
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  const tail = groups[groups.length - 1] ?? ''
  const count = groups.length + (tail.includes('.') ? 1 : 0)
  const fits = groups.every((group, at) => /^[0-9a-f]{1,4}$/i.test(group) || (at === groups.length - 1 && group.includes('.') && isAddress(group)))
  return fits && (halves.length === 2 ? count < 8 : count === 8)
}

/** The tree with one node changed, or taken out where `change` says `null`. */
export function replaced(root: Group, id: number, change: (node: Node) => Node | null): Group {
  const parts = root.parts.flatMap((part) => {
    const next = part.id === id ? change(part) : part.kind === 'group' ? replaced(part, id, change) : part
    return next === null ? [] : [next]
  })
  const self: Group = { ...root, parts }
  if (root.id !== id) return self
  const next = change(self)
  return next?.kind === 'group' ? next : self
}

/** The test with another field; what does not fit it is left behind. */
export function withField(test: Test, field: FieldName): Test {
  const before = fieldInfo(test.field)
  const ops = opsOf(field)
  const op = ops.some((known) => known === test.op) ? test.op : (ops[0] ?? 'eq')
  const sameKind = before?.kind === FIELDS[field].kind && before?.kind !== 'choice' && test.field !== 'method' && field !== 'method'
  return { ...test, field, op, name: NAMED.some((named) => named === field) ? test.name : '', values: sameKind ? test.values : [] }
}

/** The test with another operator; a list that becomes one value keeps its first. */
export function withOp(test: Test, op: string): Test {
  if (op === 'exists') return { ...test, op, values: ['true'] }
  const values = test.op === 'exists' ? [] : test.values
  return { ...test, op, values: takesMany(op) ? values : values.slice(0, 1) }
}
