import { describe, expect, it } from 'vitest'
import { shared } from '.'
import { gatewayWords } from '../gateway/i18n'
import { gateWords } from '../identity/gate/i18n'
import { identityWords } from '../identity/i18n'
import { passwordWords } from '../identity/parts/i18n'
import { systemWords } from '../system/i18n'
import { vaultWords } from '../vault/i18n'

const DICTIONARIES: Record<string, { zh: unknown; en: unknown }> = {
  shared,
  gateway: gatewayWords,
  gate: gateWords,
  identity: identityWords,
  password: passwordWords,
  system: systemWords,
  vault: vaultWords,
}

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

describe('dictionaries', () => {
  it('are all listed in this test', () => {
    const files = Object.keys(import.meta.glob('../**/i18n.ts'))
    expect(files.length + 1).toBe(Object.keys(DICTIONARIES).length)
  })

  it.each(Object.entries(DICTIONARIES))('%s has the same keys in both languages', (_name, { zh, en }) => {
    expect(Array.from(leaves(en).keys()).sort()).toEqual(Array.from(leaves(zh).keys()).sort())
  })

  it.each(Object.entries(DICTIONARIES))('%s has no empty text and no Chinese in English', (_name, { zh, en }) => {
    for (const [key, text] of leaves(zh)) expect(text.trim(), `zh ${key}`).not.toBe('')
    for (const [key, text] of leaves(en)) {
      expect(text.trim(), `en ${key}`).not.toBe('')
      expect(CHINESE.test(text.replace(ALLOWED, '')), `en ${key}: ${text}`).toBe(false)
    }
  })
})
