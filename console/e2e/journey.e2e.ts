/**
 * The journey of a person on duty, through a real browser against a real Medward: set up (when a link is given),
 * enrol, sign in with the second factor, see an attack from another client arrive live, open its evidence, have the
 * proof checked, look at every page in both languages and themes.
 */
import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { capabilities } from '../src/capabilities'
import { injection, send } from './attack'
import { axeFindings, openBrowser, picture, type Watched } from './browser'
import { tryCertificates } from './certificates'
import { tryGuard } from './access'
import { tryDefence } from './defence'
import { tryNodes } from './nodes'
import { readSettings } from './settings'
import { chooseLanguage, chooseTheme, confirmByName, visible } from './steps'
import { Authenticator } from './totp'

const settings = readSettings(process.env, existsSync)
let browser: Watched
let authenticator = settings.totpSecret === null ? null : new Authenticator(settings.totpSecret)

/** Live means without a reload and within this time. */
const LIVE_MS = 10_000
/** The vault signs a checkpoint when a proof is asked for, and every 60 s anyway. */
const CHECKPOINT_MS = 90_000

beforeAll(async () => {
  browser = await openBrowser(settings.chromium, new URL(settings.url).origin)
})

afterAll(async () => {
  await browser?.close()
})

async function fillField(id: string, value: string): Promise<void> {
  await browser.page.locator(`#${id}`).fill(value)
}

async function submit(): Promise<void> {
  await browser.page.locator('main button[type=submit]').click()
}

/** Somebody who signs in. The password changes when a change is due. */
interface Person {
  login: string
  password: string
}

const operator: Person = { login: settings.login, password: settings.password }
const guard: Person = { login: 'secadmin', password: 'Copper-Bridge-41-Umbrella' }
const auditor: Person = { login: 'auditadmin', password: 'Violet-Meadow-73-Compass' }

async function signInWithPassword(person: Person): Promise<void> {
  await visible(browser.page.locator('#login'))
  await fillField('login', person.login)
  await fillField('password', person.password)
  await submit()
  await changePasswordIfDue(person)
}

/** Where a password is due for a change, the journey sets one of its own and goes on with it. */
async function changePasswordIfDue(person: Person): Promise<void> {
  const { page } = browser
  await visible(page.locator('#repeat, #code'))
  if ((await page.locator('#repeat').count()) === 0) return
  person.password = 'Amber-Lighthouse-62-Walnut'
  await fillField('password', person.password)
  await fillField('repeat', person.password)
  await picture(page, '02-change-password')
  await page.locator('main button[type=submit]:not([disabled])').click()
  await visible(page.locator('#code'))
}

/** The first sign-in of somebody whose authenticator is not needed again. */
async function signInFirstTime(person: Person): Promise<void> {
  const { page } = browser
  await signInWithPassword(person)
  forgiveRefusals()
  await visible(page.locator('.enrol-qr img'))
  await fillField('code', await new Authenticator(await shownSecret()).code())
  await submit()
  await visible(page.locator('.recovery-codes li'))
  await page.locator('.recovery-kept input').check()
  await page.locator('main button.ant-btn-primary').click()
}

async function shownSecret(): Promise<string> {
  return (await browser.page.locator('.enrol-secret code').innerText()).replace(/\s/g, '')
}

async function signOut(): Promise<void> {
  await browser.page.locator('.account-button').click()
  await browser.page.getByRole('menuitem', { name: /退出登录|Sign out/ }).click()
  // A server that cannot record the change refuses it, and the person stays signed in.
  const refusal = browser.page.locator('.ant-message-error')
  await visible(browser.page.locator('#login').or(refusal))
  expect(await refusal.allInnerTexts()).toEqual([])
}

describe.skipIf(settings.setupUrl === null)('setup', () => {
  it('creates the three administrators from the link, with a live verdict on their passwords', async () => {
    const { page } = browser
    await page.goto(settings.setupUrl ?? '')
    await visible(page.locator('#sysadmin_login'))
    await fillField('sysadmin_password', 'abc')
    await visible(page.locator('.verdict-findings li'))
    expect(await axeFindings(page)).toEqual([])
    await picture(page, '00-setup-weak')
    const people = [
      { role: 'sysadmin', ...operator, name: '甲一' },
      { role: 'secadmin', ...guard, name: '乙二' },
      { role: 'auditadmin', ...auditor, name: '丙三' },
    ]
    for (const person of people) {
      await fillField(`${person.role}_login`, person.login)
      await fillField(`${person.role}_name`, person.name)
      await fillField(`${person.role}_password`, person.password)
    }
    await page.locator('main button[type=submit]:not([disabled])').click()
    await visible(page.locator('main a[href="/login"]'))
    await picture(page, '01-setup-done')
  })
})

describe('signing in', () => {
  it.skipIf(settings.totpSecret !== null)('binds an authenticator at the first sign-in and shows recovery codes once', async () => {
    const { page } = browser
    await page.goto(`${settings.url}/login`)
    await signInWithPassword(operator)
    await visible(page.locator('.enrol-qr img'))
    const secret = await shownSecret()
    expect(await page.locator('.enrol-qr img').evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0)
    expect(await axeFindings(page)).toEqual([])
    await picture(page, '02-enrol')
    authenticator = new Authenticator(secret)
    await fillField('code', await authenticator.code())
    await submit()
    await visible(page.locator('.recovery-codes li'))
    expect(await page.locator('.recovery-codes li').count()).toBe(10)
    expect(await axeFindings(page)).toEqual([])
    await picture(page, '03-recovery-codes')
    await page.locator('.recovery-kept input').check()
    await page.locator('main button.ant-btn-primary').click()
    await visible(page.locator('.shell-nav'))
    await signOut()
  })

  it('asks for the factor, refuses a wrong code, takes the right one and returns to the page that was wanted', async () => {
    const { page } = browser
    const wanted = '/gateway/overview?range=15m'
    await page.goto(`${settings.url}${wanted}`)
    await signInWithPassword(operator)
    expect(await axeFindings(page)).toEqual([])
    await fillField('code', '000000')
    await submit()
    await visible(page.locator('.action-error'))
    await picture(page, '04-wrong-code')
    forgiveRefusals()
    if (authenticator === null) throw new Error('no authenticator')
    await fillField('code', await authenticator.code())
    await submit()
    await visible(page.locator('.shell-nav'))
    expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe(wanted)
  })
})

/** The browser logs every refused call as an error; those that the journey asked for are taken off the list. */
function forgiveRefusals(): void {
  const refused = /status of (401|403|422)/
  for (let at = browser.complaints.length - 1; at >= 0; at -= 1) {
    if (refused.test(browser.complaints[at] ?? '')) browser.complaints.splice(at, 1)
  }
}

describe('an attack from another client', () => {
  const mark = `e2e${Date.now().toString(36)}`

  it('appears on the overview without a reload', async () => {
    const { page } = browser
    await page.goto(`${settings.url}/gateway/overview?range=15m`)
    await visible(page.locator('.live-panel .panel-extra .state-ok'))
    await page.evaluate(() => { (globalThis as { notReloaded?: boolean }).notReloaded = true })
    const before = new Set(await rowAddresses())
    const { url } = injection(settings.site, mark)
    expect(await send(url)).toBe(403)
    await expect.poll(async () => (await rowAddresses()).filter((address) => !before.has(address)).length, { timeout: LIVE_MS }).toBeGreaterThan(0)
    expect(await page.evaluate(() => (globalThis as { notReloaded?: boolean }).notReloaded)).toBe(true)
    expect(await axeFindings(page)).toEqual([])
    await picture(page, '10-attack-live')
  })

  it('leads to its evidence: rule, variable and matched text', async () => {
    const { page } = browser
    await page.goto(`${settings.url}/vault/search?range=15m&q=${encodeURIComponent(`stream:waf ${mark}`)}`)
    await page.locator('.clickable-row').first().click()
    await visible(page.locator('[data-testid=evidence]'))
    const texts = async (part: string) => (await page.locator(`[data-testid=${part}]`).allInnerTexts()).filter((text) => text.trim() !== '')
    expect((await texts('hit-rule')).length).toBeGreaterThan(0)
    expect((await texts('hit-variable')).join(' ')).toMatch(/ARGS|REQUEST|QUERY/i)
    expect((await texts('hit-match')).join(' ')).toMatch(injection(settings.site, mark).matched)
    expect(await axeFindings(page)).toEqual([])
    await picture(page, '11-evidence')
  })

  it('is proven to be in the signed log, by this browser', async () => {
    const { page } = browser
    const verdict = page.locator('[data-testid=proof-verdict]')
    const verify = async () => {
      await page.locator('[data-testid=verify-proof]').click()
      await visible(page.locator('[data-testid=proof-verdict], .proof-wait, .proof .action-error'))
      return (await verdict.count()) > 0 ? verdict.getAttribute('data-proven') : null
    }
    await expect.poll(verify, { timeout: CHECKPOINT_MS, interval: 2_000 }).toBe('true')
    expect(await page.locator('.proof-checks .state-critical').count()).toBe(0)
    await page.locator('[data-testid=proof-verdict]').scrollIntoViewIfNeeded()
    expect(await axeFindings(page)).toEqual([])
    await picture(page, '12-proof')
    browser.complaints.splice(0, browser.complaints.length, ...browser.complaints.filter((text) => !/status of (409|425)/.test(text)))
  })
})

function rowAddresses(): Promise<string[]> {
  return browser.page.locator('[data-testid=live-attacks] tbody tr').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-address') ?? ''))
}

describe('every page', () => {
  const pages = capabilities.flatMap((capability) => capability.pages)

  for (const theme of ['light', 'dark'] as const) {
    for (const language of ['zh', 'en'] as const) {
      // axe takes seconds a page; two of the four pictures cover both themes and both languages.
      const withAxe = (theme === 'light') === (language === 'zh')
      it(`can be read in ${language}, ${theme}`, async () => {
        const { page } = browser
        await page.goto(settings.url)
        await visible(page.locator('.shell-nav'))
        await chooseTheme(page, theme)
        await chooseLanguage(page, language)
        expect(await page.locator('html').getAttribute('data-theme')).toBe(theme)
        expect(await page.locator('html').getAttribute('lang')).toBe(language === 'zh' ? 'zh-CN' : 'en')
        const problems: string[] = []
        for (const { path, title } of pages) {
          await page.goto(`${settings.url}${path}`)
          await visible(page.locator('.page-head h1, .state-block'))
          await page.waitForLoadState('load')
          await expect.poll(() => page.locator('.ant-skeleton, .ant-spin-spinning').count(), { timeout: 15_000 }).toBe(0)
          const heading = page.locator('.page-head h1')
          if ((await heading.count()) > 0) expect(await heading.innerText()).toBe(title[language])
          if (withAxe) problems.push(...(await axeFindings(page)).map((finding) => `${path}: ${finding}`))
          await picture(page, `20${path.replace(/\//g, '-')}-${language}-${theme}`)
        }
        expect(problems).toEqual([])
        // As long as there are pages: a slow machine takes five seconds for each with axe.
      }, pages.length * 20_000)
    }
  }

  it('whose code cannot be fetched says so inside the shell, and comes when it is asked for again', async () => {
    const { page } = browser
    await page.goto(`${settings.url}/vault/search`)
    await visible(page.locator('.page-head h1'))
    await page.route(/\/assets\//, (route) => route.abort('connectionrefused'))
    await page.locator('.shell-nav a[href="/identity/roles"]').click()
    await visible(page.locator('.crash'))
    expect(await page.locator('.shell-nav').isVisible()).toBe(true)
    await picture(page, '21-page-code-failed')
    await page.unroute(/\/assets\//)
    await page.locator('.crash .ant-btn-primary').click()
    await visible(page.locator('.matrix'))
    browser.complaints.splice(0, browser.complaints.length, ...browser.complaints.filter((text) => !/ERR_CONNECTION_REFUSED/.test(text)))
  })

  it('is no wider than the window, on a telephone and on a small screen', async () => {
    const { page } = browser
    const before = page.viewportSize()
    for (const width of [390, 1024]) {
      await page.setViewportSize({ width, height: 844 })
      for (const { path } of pages) {
        await page.goto(`${settings.url}${path}`)
        await visible(page.locator('.page-head h1, .state-block'))
        await expect.poll(() => page.locator('.ant-skeleton, .ant-spin-spinning').count(), { timeout: 15_000 }).toBe(0)
        const over = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
        // A table leaves out columns once it has seen how wide it is.
        await expect.poll(over, { timeout: 15_000, message: `${path} at ${width}: pixels too wide` }).toBeLessThanOrEqual(0)
        if (width === 390) await picture(page, `22${path.replace(/\//g, '-')}-narrow`)
      }
    }
    if (before) await page.setViewportSize(before)
  })

  it('works by keyboard: the skip link leads to the content', async () => {
    const { page } = browser
    await page.goto(`${settings.url}/vault/search`)
    await visible(page.locator('.page-head h1'))
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('skip-link')
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('content')
  })

  it.skipIf(settings.setupUrl === null)('of nodes invites one, and shows the invitation once', () => tryNodes(browser.page, settings.url))
})

describe.skipIf(settings.setupUrl === null)('the security administrator', () => {
  it('makes a protected object, switches it, and removes it by typing its name', async () => {
    const { page } = browser
    await signOut()
    await page.goto(`${settings.url}/gateway/objects`)
    await signInFirstTime(guard)
    await page.locator('.page-head-actions .ant-btn-primary').click()
    await fillField('name', 'e2e-object')
    await fillField('hosts', 'e2e.example.org')
    await fillField('upstreams', settings.site)
    expect(await axeFindings(page)).toEqual([])
    await picture(page, '25-object-form')
    await page.locator('.ant-drawer-footer .ant-btn-primary').click()
    const row = page.locator('.ant-table-row', { hasText: 'e2e-object' })
    await visible(row.locator('.state-tag', { hasText: /观察|Observe/ }))
    await row.getByRole('button', { name: /改为拦截|^Block$/ }).click()
    await visible(row.locator('.state-tag', { hasText: /拦截|Block/ }))
    await row.getByRole('button', { name: /改为观察|Observe only/ }).click()
    await confirmByName(page, 'e2e-object')
    await visible(row.locator('.state-tag', { hasText: /观察|Observe/ }))
    await row.getByRole('button', { name: /删除|Delete/ }).click()
    await confirmByName(page, 'e2e-object')
    await row.waitFor({ state: 'detached' })
  })

  it('uploads a certificate, told in its own language what is wrong with the first try', async () => {
    await tryCertificates(browser.page, settings.url)
    forgiveRefusals()
  })

  it('makes an address group, a rule and a limit, bans an address and lifts the ban', async () => {
    await tryDefence(browser.page, settings.url)
    await tryGuard(browser.page, settings.url)
    forgiveRefusals()
  })
})

describe.skipIf(settings.setupUrl === null)('a request refused by mistake', () => {
  const mark = `mistake${Date.now().toString(36)}`

  it('is let through from the evidence of its event, after a look at what else would pass', async () => {
    const { page } = browser
    const { url } = injection(settings.site, mark)
    expect(await send(url)).toBe(403)
    await page.goto(`${settings.url}/vault/search?range=15m&q=${encodeURIComponent(`stream:waf ${mark}`)}`)
    await page.locator('.clickable-row').first().click()
    await page.locator('.hit-exclude').first().click()
    await visible(page.locator('[data-testid=exclusion-preview] .hit'))
    expect(await page.locator('#rule').inputValue()).toMatch(/^MW-/)
    // The attack at the beginning of the journey is the other one that would pass.
    expect(await page.locator('[data-testid=exclusion-preview] .hit').count()).toBe(2)
    await page.locator('#reason').fill('检索式，不是攻击')
    expect(await axeFindings(page)).toEqual([])
    await picture(page, '26-exclusion-preview')
    await page.locator('.ant-drawer-footer .ant-btn-primary').click()
    await visible(page.locator('.ant-table-row', { hasText: '检索式' }))
    expect(await send(url)).toBe(200)
    await picture(page, '27-exclusions')
    await page.locator('.ant-table-row').getByRole('button', { name: /删除|Delete/ }).click()
    await confirmByName(page, (await page.locator('.ant-table-row code').first().innerText()).trim())
    await page.locator('.ant-table-row', { hasText: '检索式' }).waitFor({ state: 'detached' })
    expect(await send(url)).toBe(403)
  })
})

describe.skipIf(settings.setupUrl === null)('the audit administrator', () => {
  it('reads the audit trail of all that happened, which the others may not', async () => {
    const { page } = browser
    await page.goto(`${settings.url}/system/audit`)
    await visible(page.locator('.data-table .ant-table-row, .state-block'))
    expect(await page.locator('.data-table .ant-table-row').count()).toBe(0)
    await signOut()
    await page.goto(`${settings.url}/system/audit`)
    await signInFirstTime(auditor)
    await visible(page.locator('.data-table .ant-table-row'))
    expect(await axeFindings(page)).toEqual([])
    await picture(page, '30-audit-trail')
  })

  it('verifies the whole vault from the console', async () => {
    const { page } = browser
    await page.goto(`${settings.url}/vault/integrity`)
    await page.locator('[data-testid=verify-all]').click()
    await visible(page.locator('[data-testid=verify-result]'), CHECKPOINT_MS)
    expect(await page.locator('[data-testid=verify-result]').getAttribute('data-findings')).toBe('0')
    expect(await axeFindings(page)).toEqual([])
    await picture(page, '31-vault-verified')
  })
})

describe('the whole journey', () => {
  it('left no error, no violation of the policy and no call to another origin', () => {
    expect(browser.complaints).toEqual([])
  })
})
