import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { shared } from '.'
import { addressWords } from '../gateway/addresses/i18n'
import { analysisWords } from '../gateway/analysis/i18n'
import { banWords } from '../gateway/bans/i18n'
import { certificateWords } from '../gateway/certificates/i18n'
import { conditionWords } from '../gateway/condition/i18n'
import { gatewayWords } from '../gateway/i18n'
import { filterWords } from '../gateway/events/i18n'
import { guardWords } from '../gateway/guards/i18n'
import { limitWords } from '../gateway/limits/i18n'
import { liveWords } from '../gateway/live/i18n'
import { doorWords } from '../gateway/parts/i18n'
import { policyWords } from '../gateway/policy/i18n'
import { presetWords } from '../gateway/presets/i18n'
import { ruleWords } from '../gateway/rules/i18n'
import { schemaWords } from '../gateway/schemas/i18n'
import { guardedWords } from '../gateway/sessions/i18n'
import { trafficWords } from '../gateway/traffic/i18n'
import { gateWords } from '../identity/gate/i18n'
import { identityWords } from '../identity/i18n'
import { passwordWords } from '../identity/parts/i18n'
import { systemWords } from '../system/i18n'
import { vaultWords } from '../vault/i18n'
import { eventWords } from './events'
import { rankWords } from './ranks'
import { reasonWords } from './reasons'
import { ruleTitles } from './rules'

const DICTIONARIES: Record<string, { zh: unknown; en: unknown }> = {
  shared,
  gateway: gatewayWords,
  doors: doorWords,
  addresses: addressWords,
  analysis: analysisWords,
  bans: banWords,
  certificates: certificateWords,
  condition: conditionWords,
  filters: filterWords,
  guards: guardWords,
  guarded: guardedWords,
  limits: limitWords,
  live: liveWords,
  policy: policyWords,
  presets: presetWords,
  rules: ruleWords,
  schemas: schemaWords,
  traffic: trafficWords,
  gate: gateWords,
  identity: identityWords,
  password: passwordWords,
  system: systemWords,
  vault: vaultWords,
}

/** Words for what the server says, shared by all folders. */
const SERVER_WORDS: typeof DICTIONARIES = { events: eventWords, ranks: rankWords, reasons: reasonWords, rules: ruleTitles }
const ALL = Object.entries({ ...DICTIONARIES, ...SERVER_WORDS })

/** Every leaf as `a.b.c` → text; functions are called with stand-in arguments. */
function leaves(value: unknown, path = ''): Map<string, string> {
  if (typeof value === 'string') return new Map([[path, value]])
  if (typeof value === 'function') return new Map([[path, String((value as (...args: number[]) => unknown)(2, 3))]])
  const found = new Map<string, string>()
  if (typeof value !== 'object' || value === null) return found
  for (const [key, child] of Object.entries(value)) {
    for (const [leaf, text] of leaves(child, path === '' ? key : `${path}.${key}`)) found.set(leaf, text)
  }
  return found
}

const CHINESE = /[\u4e00-\u9fff]/
/** Names of the product and of the other language, which stay as they are. */
const ALLOWED = /医垣|中文/g

/** What a query looks like in a sentence: `field:=值`. */
const QUERY_PART = /[A-Za-z.]+:=?[^\s，]+/g

/** ASCII punctuation beside a Chinese character, as typed with the wrong input method. */
function halfWidth(text: string): string | null {
  const found = /[\u4e00-\u9fff」）]\s?[,;:?!()]|[,;:?!()]\s?[\u4e00-\u9fff「（]/.exec(text.replace(QUERY_PART, ''))
  return found === null ? null : found[0]
}

describe('dictionaries', () => {
  it('are all listed in this test', () => {
    const files = Object.keys(import.meta.glob('../**/i18n.ts'))
    expect(files.length + 1).toBe(Object.keys(DICTIONARIES).length)
  })

  it.each(ALL)('%s has the same keys in both languages', (_name, { zh, en }) => {
    expect(Array.from(leaves(en).keys()).sort()).toEqual(Array.from(leaves(zh).keys()).sort())
  })

  it.each(ALL)('%s has no empty text and no Chinese in English', (_name, { zh, en }) => {
    for (const [key, text] of leaves(zh)) expect(text.trim(), `zh ${key}`).not.toBe('')
    for (const [key, text] of leaves(en)) {
      expect(text.trim(), `en ${key}`).not.toBe('')
      expect(CHINESE.test(text.replace(ALLOWED, '')), `en ${key}: ${text}`).toBe(false)
    }
  })

  it.each(ALL)('%s writes Chinese with Chinese punctuation', (_name, { zh }) => {
    for (const [key, text] of leaves(zh)) expect(halfWidth(text), `zh ${key}`).toBeNull()
  })

  it.each(['proxy/src/page.rs', 'medward/src/stand_ins.rs'])('%s does so too, which people see as well', (path) => {
    const source = readFileSync(new URL(`../../../crates/${path}`, import.meta.url), 'utf8')
    const texts = Array.from(source.matchAll(/"((?:[^"\\]|\\.)*)"/g), (match) => match[1] ?? '').filter((text) => CHINESE.test(text))
    expect(texts.length).toBeGreaterThan(5)
    for (const text of texts) expect(halfWidth(text), text).toBeNull()
  })

  it('are told apart from those with ASCII punctuation beside Chinese', () => {
    for (const bad of ['观察,只记录', '确定?', '上限 (KiB)', '(含部分)', '强度:2', '有 3 条;其余']) expect(halfWidth(bad), bad).not.toBeNull()
    for (const good of ['观察，只记录', 'field:=值 表示等于', 'http://10.0.0.8:8080', '10:30 起']) expect(halfWidth(good), good).toBeNull()
  })
})
