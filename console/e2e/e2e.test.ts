import { describe, expect, it } from 'vitest'
import { readSettings } from './settings'
import { fromBase32, totp } from './totp'

describe('the authenticator of the journey', () => {
  /** RFC 6238 appendix B, SHA-1, secret `12345678901234567890`; the last six of its eight digits. */
  it('gives the codes of RFC 6238', () => {
    const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
    expect(fromBase32(secret).toString()).toBe('12345678901234567890')
    for (const [seconds, code] of [[59, '287082'], [1111111109, '081804'], [1234567890, '005924'], [20000000000, '353130']] as const) {
      expect(totp(secret, Math.floor(seconds / 30))).toBe(code)
    }
  })
})

describe('the settings of the journey', () => {
  it('name everything that is missing at once', () => {
    expect(() => readSettings({}, () => false)).toThrow(/MEDWARD_E2E_URL, MEDWARD_E2E_SITE, MEDWARD_E2E_CHROMIUM/)
  })

  it('need no authenticator, no setup link and no account', () => {
    const settings = readSettings({ MEDWARD_E2E_URL: 'https://a/', MEDWARD_E2E_SITE: 'http://b' }, () => true)
    expect(settings).toMatchObject({ url: 'https://a', site: 'http://b', setupUrl: null, totpSecret: null, chromium: '/usr/bin/chromium' })
  })
})
