// What a person does with the presets for usual businesses.
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { axeFindings, picture } from './browser'
import { visible } from './steps'

/** Applies the preset of AI services, sees what was made, and that applying it again would make nothing. */
export async function tryPresets(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/gateway/groups`)
  await page.locator('.page-head-actions button').click()
  const card = page.locator('.preset[data-scenario=ai]')
  const apply = card.locator('.preset-head button')
  await apply.click()
  await card.locator('.preset-foot .ant-btn-primary').click()
  await visible(card.locator('[data-testid=preset-done]', { hasText: /观察|Observe/ }))
  expect(await axeFindings(page)).toEqual([])
  await picture(page, '54-preset-applied')
  await page.locator('.ant-drawer-close').click()
  await visible(page.locator('.ant-table-row', { hasText: 'AI 服务' }))
  await page.locator('.page-head-actions button').click()
  await apply.click()
  await visible(card.locator('.preset-foot', { hasText: /内容与预设一致|as the preset has it/ }))
  await page.locator('.ant-drawer-close').click()
}
