// What a person does on the page of certificates.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { axeFindings, picture } from './browser'
import { confirmByName, visible } from './steps'

/** A self-signed certificate and its key, by openssl. */
function selfSigned(name: string): { chain: string; key: string } {
  const folder = mkdtempSync(join(tmpdir(), 'medward-certificate-'))
  try {
    const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'key.pem', '-out', 'chain.pem']
    execFileSync('openssl', [...made, '-days', '20', '-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`], { cwd: folder, stdio: 'pipe' })
    return { chain: readFileSync(join(folder, 'chain.pem'), 'utf8'), key: readFileSync(join(folder, 'key.pem'), 'utf8') }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Uploads a certificate after a slip, looks at it, and removes it. Returns once the default one serves again. */
export async function tryCertificates(page: Page, url: string): Promise<void> {
  const { chain, key } = selfSigned('e2e.example.org')
  await page.goto(`${url}/gateway/certificates`)
  await page.locator('.page-head-actions .ant-btn-primary').click()
  await page.locator('#chain_pem').fill(`${chain}${key}`)
  await page.locator('#private_key_pem').fill(key)
  await page.locator('[data-testid=certificate-check]').click()
  await visible(page.locator('.action-error', { hasText: 'GTW-0202' }))
  await picture(page, '28-certificate-refused')
  await page.locator('#chain_pem').fill(chain)
  await page.locator('[data-testid=certificate-check]').click()
  await visible(page.locator('[data-testid=certificate-facts]', { hasText: 'e2e.example.org' }))
  expect(await axeFindings(page)).toEqual([])
  await picture(page, '28-certificate-checked')
  await page.locator('.ant-drawer-footer .ant-btn-primary').click()
  const row = page.locator('.ant-table-row', { hasText: 'e2e.example.org' })
  await visible(row.locator('.state-tag', { hasText: /使用中|In use/ }))
  await picture(page, '28-certificates')
  // A key that was uploaded is not shown again to whoever opens the form next.
  await page.locator('.page-head-actions .ant-btn-primary').click()
  await visible(page.locator('#private_key_pem'))
  expect(await page.locator('#private_key_pem').inputValue()).toBe('')
  await page.locator('.ant-drawer-footer .ant-btn').first().click()
  await page.locator('#private_key_pem').waitFor({ state: 'detached' })
  await row.getByRole('button', { name: /删除|Remove|Delete/ }).click()
  await confirmByName(page, 'e2e.example.org')
  await row.waitFor({ state: 'detached' })
}
