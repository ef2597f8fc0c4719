// The access guard in a browser, before TiddlyWiki: a web application that Medward's people did not write and that knows
// nothing of it but the name in a header.
import { connect } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, expect, test } from 'vitest'
import { axeFindings, openBrowser, picture, type Watched } from './browser'
import { currentStep, totp } from './totp'

const EXECUTABLE = '/usr/bin/chromium'
const SITE = needed('MEDWARD_GUARD_SITE')
const CONTROL = Number(needed('MEDWARD_GUARD_CONTROL'))
const FIRST_PASSWORD = needed('MEDWARD_GUARD_PASSWORD')

/** Somebody with an authenticator. */
interface Person {
  login: string
  password: string
  secret: string
  recovery: string[]
}

const open: Watched[] = []

afterAll(async () => {
  for (const watched of open) await watched.close()
})

function needed(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set`)
  return value
}

/** Tells the test that runs the gateway to do something, and waits until it is done. */
async function control(command: string): Promise<void> {
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(CONTROL, '127.0.0.1', () => socket.write(`${command}\n`))
    socket.once('data', (data) => {
      socket.end()
      resolve(data.toString().trim())
    })
    socket.once('error', reject)
  })
  expect(answer).toBe('ok')
}

async function browser(): Promise<Page> {
  const watched = await openBrowser(EXECUTABLE, SITE)
  open.push(watched)
  return watched.page
}

async function heading(page: Page): Promise<string> {
  return page.locator('h1').first().innerText()
}

async function post(page: Page): Promise<void> {
  await Promise.all([page.waitForNavigation(), page.locator('form button').first().click()])
}

async function password(page: Page, login: string, text: string): Promise<void> {
  await page.fill('#login', login)
  await page.fill('#password', text)
  await post(page)
}

/** First login: the password has to be changed and an authenticator enrolled. */
async function firstLogin(page: Page, login: string, chosen: string): Promise<Person> {
  await page.goto(`${SITE}/`)
  expect(page.url()).toContain('/.medward/login?to=%2F')
  await password(page, login, FIRST_PASSWORD)
  expect(await heading(page)).toBe('新密码')
  await page.fill('#new', 'short')
  await page.fill('#repeat', 'short')
  await post(page)
  expect(await page.locator('ul[role=alert]').innerText()).toContain('长度不足')
  await page.fill('#new', chosen)
  await page.fill('#repeat', chosen)
  await post(page)
  expect(await heading(page)).toBe('绑定身份验证器')
  const secret = await page.locator('code').first().innerText()
  if (login.startsWith('wang')) await picture(page, 'guard-enrol')
  await page.fill('#code', totp(secret, currentStep()))
  await post(page)
  expect(await heading(page)).toBe('请保存恢复码')
  const recovery = await page.locator('ol li').allInnerTexts()
  expect(recovery).toHaveLength(10)
  await page.locator('main a, p a').first().click()
  await wiki(page, login)
  return { login, password: chosen, secret, recovery }
}

/** The application has loaded, and knows who it is. */
async function wiki(page: Page, login: string): Promise<void> {
  await page.locator('.tc-site-title').waitFor()
  const status = await page.evaluate(async () => (await fetch('/status')).json() as Promise<{ username: string }>)
  expect(status.username).toBe(login)
}

test('a person signs in with two factors, once, and leaves when nothing happens; who comes last waits', async () => {
  const first = await browser()
  await first.goto(`${SITE}/`)
  expect(await heading(first)).toBe('登录')
  expect(await first.locator('.application').innerText()).toBe('科室文档')
  expect(await axeFindings(first)).toEqual([])
  await picture(first, 'guard-login')
  await password(first, 'wang.min', 'not the password')
  expect(await first.locator('[role=alert]').innerText()).toContain('不正确')
  const person = await firstLogin(first, 'wang.min', 'Jz7#radiology-desk')

  const second = await browser()
  await second.goto(`${SITE}/#elsewhere`)
  await password(second, person.login, person.password)
  expect(await heading(second)).toBe('第二重验证')
  await second.fill('#code', person.recovery[0] ?? '')
  await post(second)
  expect(await heading(second)).toBe('此账号已在别处登录')
  await picture(second, 'guard-second')
  await first.reload()
  await first.locator('.tc-site-title').waitFor()
  await post(second)
  await wiki(second, person.login)
  await first.goto(`${SITE}/`)
  expect(await first.locator('[role=alert]').innerText()).toContain('您在这里的登录已结束')
  await picture(first, 'guard-taken-over')

  const night = await firstLogin(first, 'batch.night', 'Kq9!export-nightly')
  await control('level 10')
  await second.evaluate(async () => {
    const all = Array.from({ length: 30 }, async () => (await fetch('/', { cache: 'no-store' })).text())
    await Promise.all(all)
  })
  await wiki(second, person.login)
  await first.goto(`${SITE}/`)
  expect(await heading(first)).toBe('系统繁忙，优先保障急诊')
  await picture(first, 'guard-shed')
  expect(night.recovery).toHaveLength(10)

  await control('restart')
  await second.goto(`${SITE}/`)
  await wiki(second, person.login)
  await control('advance 600')
  expect(await second.evaluate(async () => (await fetch('/recipes/default/tiddlers.json')).status)).toBe(200)
  await control('advance 400')
  await second.goto(`${SITE}/`)
  expect(await heading(second)).toBe('登录')
  expect(await second.locator('[role=alert]').innerText()).toContain('因长时间没有操作')
  await picture(second, 'guard-idle')

  await password(second, person.login, person.password)
  await second.fill('#code', person.recovery[1] ?? '')
  await post(second)
  await wiki(second, person.login)
  await second.goto(`${SITE}/.medward/login`)
  expect(await heading(second)).toBe('您已登录')
  await picture(second, 'guard-within')
  await post(second)
  expect(await second.locator('[role=alert]').innerText()).toContain('您已退出登录')
  await second.goto(`${SITE}/`)
  expect(await heading(second)).toBe('登录')
})
