// What a person does on the page of remote nodes.
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { axeFindings, picture } from './browser'
import { visible } from './steps'

/** Invites a node: refused for a name that is none, then the invitation and what to type on the node, once. */
export async function tryNodes(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/system/nodes`)
  await page.locator('.page-head-actions .ant-btn-primary').click()
  const dialog = page.locator('.ant-modal')
  await visible(dialog.locator('#name'))
  await dialog.locator('#name').fill('东院 1')
  await dialog.locator('button[type=submit]').click()
  await visible(dialog.getByText(/用 1 至 64 个|1 to 64 letters/))
  await dialog.locator('#name').fill('branch-east')
  await dialog.locator('button[type=submit]').click()
  const shown = page.locator('[data-testid=node-invitation]')
  await visible(shown)
  const [invitation = '', house, enrol] = await shown.locator('pre').allInnerTexts()
  expect(invitation).toMatch(/^mwe1\.[a-z2-7]+\.[\w-]+$/)
  expect(house).toContain(`house = "${new URL(url).hostname}:8444"`)
  expect(enrol).toBe(`medward node enrol ${invitation}`)
  expect(await axeFindings(page)).toEqual([])
  await picture(page, '53-node-invited')
  await shown.locator('.modal-actions button').click()
  await dialog.waitFor({ state: 'hidden' })
  expect(await page.content()).not.toContain(invitation)
}
