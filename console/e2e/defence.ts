// What a person does on the pages of traffic defence.
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { axeFindings, picture } from './browser'
import { tryPresets } from './presets'
import { confirmByName, visible } from './steps'

/** Chooses from a drop-down as a person does: opens it, types, takes what is offered. */
async function choose(page: Page, select: Locator, text: RegExp): Promise<void> {
  await select.click()
  await page.locator('.ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option', { hasText: text }).first().click()
}

async function openForm(page: Page): Promise<void> {
  await page.locator('.page-head-actions .ant-btn-primary').click()
  await visible(page.locator('.ant-drawer-open #name'))
}

async function save(page: Page): Promise<void> {
  await page.locator('.ant-drawer-footer .ant-btn-primary').click()
  await page.locator('.ant-drawer-open').waitFor({ state: 'hidden' })
}

function row(page: Page, text: string): Locator {
  return page.locator('.ant-table-row', { hasText: text })
}

async function remove(page: Page, name: string): Promise<void> {
  await row(page, name).getByRole('button', { name: /删除|Delete/ }).click()
  await confirmByName(page, name)
  await row(page, name).waitFor({ state: 'detached' })
}

/** Makes an address group, a rule in the builder and a limit, bans an address and lifts it, and leaves nothing behind. */
export async function tryDefence(page: Page, url: string): Promise<void> {
  await makeAddressGroup(page, url)
  await makeRule(page, url)
  await makeLimit(page, url)
  await banAndLift(page, url)
  await tryPresets(page, url)
  await page.goto(`${url}/gateway/limits`)
  await remove(page, 'e2e-limit')
  await page.goto(`${url}/gateway/rules`)
  await remove(page, 'e2e-rule')
  await page.goto(`${url}/gateway/addresses`)
  await remove(page, 'e2e-addresses')
}

async function makeAddressGroup(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/gateway/addresses`)
  await openForm(page)
  await page.locator('#name').fill('e2e-addresses')
  await page.locator('#purpose').getByText(/供规则引用|Named by rules/).click()
  const entries = page.getByRole('textbox', { name: /条目|Entries/ })
  await entries.fill('203.0.113.0/24\n203.0.113.300')
  // The wrong line is named before anything is sent.
  await visible(page.locator('[data-testid=entries-found] li', { hasText: '203.0.113.300' }))
  await page.locator('.ant-drawer-footer .ant-btn-primary').click()
  expect(await page.locator('.ant-drawer-open').isVisible()).toBe(true)
  expect(await axeFindings(page)).toEqual([])
  await picture(page, '40-address-form')
  await entries.fill('203.0.113.0/24\n2001:db8::/32 # IPv6')
  await page.locator('[data-testid=entries-found] li').waitFor({ state: 'detached' })
  await save(page)
  await visible(row(page, 'e2e-addresses').getByText(/^2( 条)?$/))
}

/** `path begins with /e2e AND (address group holds OR header X-Drill is there)`, on weekdays by day. */
async function makeRule(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/gateway/rules`)
  await openForm(page)
  await page.locator('#name').fill('e2e-rule')
  await page.locator('.condition').getByRole('button', { name: /添加条件|Add a test/ }).click()
  const tests = page.locator('.condition-test')
  await choose(page, tests.nth(0).locator('.condition-op'), /^(开头是|begins with)$/)
  // Saved too early: the builder says what is missing, at its place.
  await page.locator('.ant-drawer-footer .ant-btn-primary').click()
  await visible(page.locator('.condition-note.wrong'))
  await tests.nth(0).locator('input.condition-value').fill('/e2e')
  await page.locator('.condition').getByRole('button', { name: /添加条件组|Add a group/ }).click()
  await choose(page, tests.nth(1).locator('.condition-field'), /^(地址组|Address group)$/)
  await choose(page, tests.nth(1).locator('.condition-value'), /^e2e-addresses$/)
  const inner = page.locator('.condition-group .condition-group')
  await inner.getByRole('button', { name: /添加条件$|Add a test/ }).click()
  await choose(page, tests.nth(2).locator('.condition-field'), /^(请求头|Header)$/)
  await tests.nth(2).locator('.condition-name').fill('X-Drill')
  await choose(page, tests.nth(2).locator('.condition-op'), /^(是否存在|is there)$/)
  await page.getByRole('button', { name: /添加时段|Add a window/ }).click()
  const window = page.locator('.window-row')
  await choose(page, window.locator('.ant-select').first(), /^(周一|Mon)$/)
  await page.keyboard.press('Escape')
  for (const [at, time] of ['08:00', '18:00'].entries()) {
    await window.locator('.ant-picker input').nth(at).fill(time)
    await page.keyboard.press('Enter')
  }
  await visible(page.locator('.condition-said', { hasText: 'X-Drill' }))
  expect(await axeFindings(page)).toEqual([])
  await picture(page, '41-rule-builder')
  // The same tree as JSON.
  await page.locator('.condition').getByText('JSON', { exact: true }).click()
  const json: unknown = JSON.parse(await page.locator('.condition textarea').inputValue())
  expect(json).toEqual({
    all: [
      { field: 'path', op: 'prefix', value: '/e2e' },
      { any: [{ field: 'ip_group', op: 'eq', value: 'e2e-addresses' }, { field: 'header.X-Drill', op: 'exists', value: true }] },
    ],
  })
  // What only the server can know stands at the test that it is about.
  await page.locator('.condition textarea').fill('{"any":[{"field":"path","op":"regex","value":"a("},{"field":"path","op":"eq","value":"/e2e"}]}')
  await page.locator('.condition').getByText(/^(编辑器|Builder)$/).click()
  await page.locator('.ant-drawer-footer .ant-btn-primary').click()
  await visible(page.locator('.condition-part').first().locator('.condition-note.wrong'))
  expect(await page.locator('.condition-part').last().locator('.condition-note.wrong').count()).toBe(0)
  await picture(page, '41-rule-refused')
  await page.locator('.condition').getByText('JSON', { exact: true }).click()
  await page.locator('.condition textarea').fill(JSON.stringify(json))
  await save(page)
  const made = row(page, 'e2e-rule')
  await visible(made.getByText('X-Drill'))
  await visible(made.getByText('08:00–18:00'))
  // It is off and on again.
  const toggle = made.getByRole('switch')
  await toggle.click()
  await visible(made.locator('[role=switch][aria-checked=false]'))
  await toggle.click()
  await visible(made.locator('[role=switch][aria-checked=true]'))
  await picture(page, '42-rules')
}

async function makeLimit(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/gateway/limits`)
  await openForm(page)
  await page.locator('.starts').getByRole('button', { name: /登录防爆破|Guessing passwords/ }).click()
  await page.locator('#name').fill('e2e-limit')
  await page.locator('#threshold').fill('7')
  await visible(page.locator('[data-testid=limit-sentence]', { hasText: /最多 7 个 401、403 应答，超出后质询|at most 7 answers of 401, 403/ }))
  expect(await axeFindings(page)).toEqual([])
  await picture(page, '43-limit-form')
  await save(page)
  await visible(row(page, 'e2e-limit').getByText(/401/))
  await picture(page, '44-limits')
}

async function banAndLift(page: Page, url: string): Promise<void> {
  const address = '203.0.113.77'
  await page.goto(`${url}/gateway/bans?ban=${address}`)
  await visible(page.locator('.ant-modal #reason'))
  expect(await page.locator('#address').inputValue()).toBe(address)
  // Nobody bans this machine.
  await page.locator('#address').fill('127.0.0.1')
  await page.locator('#reason').fill('e2e')
  await page.locator('.ant-modal .ant-btn-primary').click()
  await visible(page.locator('.action-error', { hasText: 'GTW-0302' }))
  expect(await axeFindings(page)).toEqual([])
  await picture(page, '45-ban-refused')
  await page.locator('#address').fill(address)
  await page.locator('.ant-modal .ant-btn-primary').click()
  const banned = row(page, address)
  await page.locator('.ant-modal').waitFor({ state: 'hidden' })
  await visible(banned.locator('.state-tag', { hasText: /剩|left/ }))
  await picture(page, '46-bans')
  await banned.getByRole('button', { name: /解除|Lift/ }).click()
  await confirmByName(page, address)
  await banned.waitFor({ state: 'detached' })
  await page.locator('.panel-head').getByText(/^(全部记录|All)$/).click()
  await visible(banned.locator('.state-tag', { hasText: /已解除|Lifted/ }))
}
