// What a person does on the pages of application guards and their sessions.
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { axeFindings, picture } from './browser'
import { confirmByName, visible } from './steps'

/** Makes a guard, sees it in the list, looks at priorities and sessions, and deletes the guard. */
export async function tryGuard(page: Page, url: string): Promise<void> {
  const made = page.locator('.ant-table-row', { hasText: 'e2e-guard' })
  await makeGuard(page, url)
  await visible(made.getByText(/只放行到 6|Only up to 6/))
  await picture(page, '51-guards')
  await page.goto(`${url}/gateway/sessions`)
  await visible(page.getByRole('heading', { level: 1, name: /优先级与会话|Priorities and sessions/ }))
  await visible(page.getByText(/没有受保护的应用|No guarded application/).or(page.locator('.application-card')))
  expect(await axeFindings(page)).toEqual([])
  await picture(page, '52-guarded-sessions')
  await page.goto(`${url}/gateway/guards`)
  await made.getByRole('button', { name: /删除|Delete/ }).click()
  await confirmByName(page, 'e2e-guard')
  await made.waitFor({ state: 'detached' })
}

async function makeGuard(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/gateway/guards`)
  await page.locator('.page-head-actions .ant-btn-primary').click()
  await visible(page.locator('.ant-drawer-open #name'))
  await page.locator('#name').fill('e2e-guard')
  await page.locator('#idle_minutes').fill('20')
  await page.getByRole('button', { name: /添加区域|Add an area/ }).click()
  const path = page.getByRole('textbox', { name: /区域 1 路径前缀|Area 1 Path prefix/ })
  await path.fill('report')
  await page.locator('#admit_up_to').fill('6')
  // Saved too early: the row says what is wrong, and nothing is sent.
  await page.locator('.ant-drawer-footer .ant-btn-primary').click()
  await visible(page.locator('.area-table .condition-note.wrong'))
  expect(await axeFindings(page)).toEqual([])
  await picture(page, '50-guard-form')
  await path.fill('/report')
  await page.locator('.ant-drawer-footer .ant-btn-primary').click()
  await page.locator('.ant-drawer-open').waitFor({ state: 'hidden' })
}
