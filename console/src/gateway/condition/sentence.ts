/** A condition in words, for lists and summaries. */
import type { conditionWords } from './i18n'
import { readCondition, type Group, type Node, type Test } from './tree'

type Said = (typeof conditionWords)['zh']

/** Values of one test that are named before the rest is counted. */
const SHOWN = 3

/** One line; what cannot be read stands as it is written. */
export function conditionText(written: unknown, words: Said): string {
  try {
    return treeText(readCondition(written), words)
  } catch {
    return JSON.stringify(written)
  }
}

export function treeText(root: Group | null, words: Said): string {
  if (root === null || root.parts.length === 0) return words.said.always
  return spaced(nodeText(root, words, true))
}

/** A blank between Chinese and what is not, as the console writes it. */
export function spaced(text: string): string {
  return text.replace(/([\u4e00-\u9fff])([A-Za-z0-9])/g, '$1 $2').replace(/([A-Za-z0-9])([\u4e00-\u9fff])/g, '$1 $2')
}

function nodeText(node: Node, words: Said, isTop: boolean): string {
  if (node.kind === 'test') return node.negated ? words.said.not(testText(node, words)) : testText(node, words)
  const joined = node.parts.map((part) => nodeText(part, words, false)).join(node.join === 'all' ? words.said.both : words.said.either)
  if (node.negated) return words.said.not(joined)
  return isTop || node.parts.length === 1 ? joined : words.said.group(joined)
}

export function fieldText(test: Pick<Test, 'field' | 'name'>, words: Said): string {
  const kind = words.fields[test.field] ?? test.field
  return test.name === '' ? kind : words.said.named(kind, test.name)
}

function testText(test: Test, words: Said): string {
  const field = fieldText(test, words)
  if (test.op === 'exists') return test.values[0] === 'false' ? words.said.misses(field) : words.said.exists(field)
  const names = test.values.slice(0, SHOWN).map((value) => (value === '' ? words.said.nothing : (words.choices[value] ?? value)))
  const rest = test.values.length > SHOWN ? ` … ${test.values.length}` : ''
  const value = `${names.join(words.said.comma)}${rest}`
  if (test.field === 'ip_group') return test.op === 'ne' ? words.said.outOfGroup(value) : words.said.inGroup(value)
  return words.said.one(field, words.ops[test.op] ?? test.op, value)
}

/** What the server found, in the language of the person where its sentence is known. */
export function faultText(text: string, words: Said): string {
  const known = Object.keys(words.server).find((start) => text.startsWith(start))
  if (known === undefined) return text
  const said = words.server[known] ?? ''
  return /[：:] ?$/.test(said) ? `${said}${text.slice(known.length).replace(/^: /, '')}` : said
}
