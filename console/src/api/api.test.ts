import { describe, expect, it } from 'vitest'
import { en } from '../i18n/en'
import { zh } from '../i18n/zh'
import { errorSentence } from '../kit/states'
import { isAttended, watchAttention } from './attention'
import { backoffDelay } from './backoff'
import { Lane } from './lane'
import { FrameParser } from './event-stream'
import { missingPermission, problemFrom, Unreachable } from './problem'

function answer(status: number, body: string, headers: Record<string, string> = {}): Response {
  return new Response(body, { status, headers })
}

describe('attention', () => {
  it('ends a minute after the last touch, so that an open tab keeps no session alive', () => {
    const page = new EventTarget()
    watchAttention(page)
    page.dispatchEvent(new Event('keydown'))
    const now = Date.now()
    expect(isAttended(now)).toBe(true)
    expect(isAttended(now + 61_000)).toBe(false)
    page.dispatchEvent(new Event('pointermove'))
    expect(isAttended()).toBe(true)
  })
})

describe('problem documents', () => {
  it('keep code, arguments, request id and the time to wait', async () => {
    const body = JSON.stringify({ type: 'about:blank', title: 'locked', status: 423, detail: 'until 12:00', code: 'IDN-0423', args: { permission: 'a.b.c' }, request_id: 'r-1' })
    const problem = await problemFrom(answer(423, body, { 'retry-after': '30' }))
    expect(problem).toMatchObject({ status: 423, code: 'IDN-0423', detail: 'until 12:00', requestId: 'r-1', retryAfter: 30 })
    expect(missingPermission(problem)).toBe('a.b.c')
  })

  it("are made of anything a proxy answers, too", async () => {
    const problem = await problemFrom(answer(502, '<html>Bad gateway</html>', { 'x-request-id': 'r-2' }))
    expect(problem).toMatchObject({ status: 502, code: 'HTTP-502', requestId: 'r-2', retryAfter: null })
    expect(missingPermission(problem)).toBeNull()
  })

  it('become a sentence in the language of the person', async () => {
    const locked = await problemFrom(answer(423, JSON.stringify({ code: 'IDN-0423', detail: 'account locked' }), { 'retry-after': '9' }))
    expect(errorSentence(locked, zh)).toBe(`${zh.codes['IDN-0423']} ${zh.error.retryAfter(9)}`)
    const query = await problemFrom(answer(400, JSON.stringify({ code: 'VLT-0201', detail: 'read query', args: { column: '7', expected: 'a value' } })))
    expect(errorSentence(query, en)).toBe('The query has a syntax error at character 7. Expected here: a value.')
    const unknown = await problemFrom(answer(422, JSON.stringify({ code: 'GTW-0042', title: 'bad', detail: 'hosts[0]: no such host' })))
    expect(errorSentence(unknown, en)).toBe('hosts[0]: no such host')
    const broken = await problemFrom(answer(500, JSON.stringify({ code: 'WEB-0500', detail: 'pool timed out' })))
    expect(errorSentence(broken, zh)).toBe(zh.error.server)
    expect(errorSentence(new Unreachable('timeout'), zh)).toBe(zh.error.timeout)
    expect(errorSentence(new Unreachable('network'), zh)).toBe(zh.error.network)
    expect(errorSentence(new Error('x'), zh)).toBe(zh.error.unknownError)
  })
})

describe('the lane of queries', () => {
  it('runs no more than its width at once, in order, also after a failure', async () => {
    const lane = new Lane(2)
    let running = 0
    let most = 0
    const order: number[] = []
    const work = (number: number) =>
      lane.run(async () => {
        order.push(number)
        running += 1
        most = Math.max(most, running)
        await Promise.resolve()
        running -= 1
        if (number === 2) throw new Error('refused')
      })
    const outcomes = await Promise.allSettled([1, 2, 3, 4, 5].map(work))
    expect(most).toBe(2)
    expect(order).toEqual([1, 2, 3, 4, 5])
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'])
  })
})

describe('event stream', () => {
  const text = ': ping\n\nid: 7\nevent: record\ndata: {"a":\ndata: 1}\n\nevent: empty\n\nretry: 5\ndata: plain\n\n'
  const frames = [
    { id: '7', event: 'record', data: '{"a":\n1}' },
    { id: '7', event: 'message', data: 'plain' },
  ]

  it('gives whole frames, and none for comments and frames without data', () => {
    expect(new FrameParser().push(text)).toEqual(frames)
  })

  it('gives the same frames however the bytes are cut, with any line ending', () => {
    for (const ending of ['\n', '\r\n']) {
      const whole = text.replace(/\n/g, ending)
      for (let cut = 1; cut < whole.length; cut += 1) {
        const parser = new FrameParser()
        expect([...parser.push(whole.slice(0, cut)), ...parser.push(whole.slice(cut))]).toEqual(frames)
      }
    }
  })

  it('waits 1 to 30 s between tries, never all consoles at once', () => {
    expect(backoffDelay(1, () => 1)).toBe(1_000)
    expect(backoffDelay(1, () => 0)).toBe(500)
    expect(backoffDelay(4, () => 1)).toBe(8_000)
    expect(backoffDelay(50, () => 1)).toBe(30_000)
  })
})
