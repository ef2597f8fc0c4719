// What a person does on any page.
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { unanswered } from './browser'

/** Waits until something is shown; a failure tells what was shown instead, and which calls have no answer yet. */
export async function visible(locator: Locator, timeout = 60_000): Promise<void> {
  const page = locator.page()
  try {
    await locator.first().waitFor({ state: 'visible', timeout })
  } catch (error) {
    const shown = await page.locator('body').innerText().catch(String)
    const waiting = unanswered(page).join('\n') || 'none'
    if (error instanceof Error) error.message += `\nat ${page.url()}; calls without an answer: ${waiting}\nshown: ${shown.slice(0, 2000)}`
    throw error
  }
}

export async function chooseTheme(page: Page, theme: 'light' | 'dark'): Promise<void> {
  await page.locator('.theme-switch').click()
  await page.getByRole('menuitem', { name: theme === 'light' ? /浅色|Light/ : /深色|Dark/ }).click()
  await visible(page.locator(`html[data-theme=${theme}]`))
}

export async function chooseLanguage(page: Page, language: 'zh' | 'en'): Promise<void> {
  await page.locator('.language-switch').getByText(language === 'zh' ? '中文' : 'English').click()
  await visible(page.locator(`html[lang=${language === 'zh' ? 'zh-CN' : 'en'}]`))
}

/** The dangerous button stays closed until the name is typed. */
export async function confirmByName(page: Page, name: string): Promise<void> {
  const dialog = page.locator('.ant-modal')
  await visible(dialog.locator('input'))
  expect(await dialog.locator('button[type=submit]').isDisabled()).toBe(true)
  await dialog.locator('input').fill(name)
  await dialog.locator('button[type=submit]').click()
  await dialog.waitFor({ state: 'hidden' })
}
