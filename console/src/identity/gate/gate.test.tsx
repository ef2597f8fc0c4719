import { renderToString } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { problemFrom } from '../../api/problem'
import { ServerClock } from './CodeForm'

describe('a refused code', () => {
  it('shows the time of the server, by which a wrong clock of the phone is seen', async () => {
    const headers = { date: 'Fri, 20 Nov 2026 03:14:15 GMT' }
    const refused = await problemFrom(new Response(JSON.stringify({ code: 'IDN-0401' }), { status: 401, headers }))
    expect(renderToString(<ServerClock error={refused} />)).toContain('服务器时间 2026-11-20 11:14:15（北京时间），请核对手机时间。')
    const expired = await problemFrom(new Response(JSON.stringify({ code: 'IDN-0419' }), { status: 401, headers }))
    expect(renderToString(<ServerClock error={expired} />)).toBe('')
  })
})
