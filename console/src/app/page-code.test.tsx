import { renderToString } from 'react-dom/server'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { describe, expect, it } from 'vitest'
import { shared } from '../i18n'
import { pageCode } from './page-code'

/** What the router draws inside its shell once it has settled. */
async function drawn(load: Parameters<typeof pageCode>[0]): Promise<string> {
  const router = createMemoryRouter([{ path: '/', lazy: pageCode(load) }])
  await new Promise<void>((settled) => {
    if (router.state.initialized) settled()
    router.subscribe((state) => { if (state.initialized) settled() })
  })
  return renderToString(<RouterProvider router={router} />)
}

describe('the code of a page', () => {
  it('that arrives is drawn', async () => {
    expect(await drawn(() => Promise.resolve({ default: () => <p>here</p> }))).toContain('here')
  })

  it('that cannot be fetched leaves a sentence and a retry, not a white page', async () => {
    const html = await drawn(() => Promise.reject(new TypeError('Failed to fetch dynamically imported module')))
    expect(html).toContain(shared.zh.error.codeFailed)
    expect(html).toContain(shared.zh.error.reload)
  })
})
