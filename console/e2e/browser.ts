import { AxeBuilder } from '@axe-core/playwright'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type BrowserContext, type Page, type Request } from 'playwright-core'

const SCREENSHOTS = new URL('./screenshots/', import.meta.url).pathname

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--lang=zh-CN',
]

/** A browser with a fresh profile, and everything it complained about. */
export interface Watched {
  page: Page
  complaints: string[]
  close: () => Promise<void>
}

const waiting = new WeakMap<Page, Map<Request, number>>()

/** Calls of a page that have no answer yet, oldest first, and how long they have been waiting. */
export function unanswered(page: Page): string[] {
  return [...(waiting.get(page) ?? [])].map(([request, since]) => `${request.method()} ${request.url()} for ${Date.now() - since} ms`)
}

export async function openBrowser(executable: string, origin: string): Promise<Watched> {
  const profile = await mkdtemp(join(tmpdir(), 'medward-e2e-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: executable,
    headless: true,
    args: FLAGS,
    viewport: { width: 1360, height: 860 },
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    colorScheme: 'light',
    // A menu that is still moving takes a click for the place where its item no longer is.
    reducedMotion: 'reduce',
    ignoreHTTPSErrors: true,
  })
  const complaints: string[] = []
  const page = context.pages()[0] ?? (await context.newPage())
  await watch(context, page, origin, complaints)
  return {
    page,
    complaints,
    close: async () => {
      await context.close()
      await rm(profile, { recursive: true, force: true })
    },
  }
}

async function watch(context: BrowserContext, page: Page, origin: string, complaints: string[]): Promise<void> {
  await context.exposeFunction('medwardViolation', (text: string) => complaints.push(`content security policy: ${text}`))
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const report = (globalThis as unknown as { medwardViolation?: (text: string) => void }).medwardViolation
      report?.(`${event.violatedDirective} ${event.blockedURI}`)
    })
  })
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()} (${message.location().url})`)
  })
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`))
  const calls = new Map<Request, number>()
  waiting.set(page, calls)
  page.on('requestfinished', (request) => calls.delete(request))
  page.on('requestfailed', (request) => calls.delete(request))
  page.on('request', (request) => {
    calls.set(request, Date.now())
    const url = request.url()
    if (!url.startsWith(origin) && !/^(data|blob|about):/.test(url)) complaints.push(`request off origin: ${url}`)
  })
}

/** Keeps a picture of the page under `e2e/screenshots`. */
export async function picture(page: Page, name: string): Promise<void> {
  await mkdir(SCREENSHOTS, { recursive: true })
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) })
}

/** Serious and critical findings of axe on the page as it stands, one sentence each. */
export async function axeFindings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations
    .filter((violation) => violation.impact === 'serious' || violation.impact === 'critical')
    .map((violation) => `${violation.id} (${violation.impact}): ${violation.nodes.map((node) => node.target.join(' ')).slice(0, 3).join('; ')}`)
}
