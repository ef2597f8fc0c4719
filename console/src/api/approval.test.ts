import { beforeEach, describe, expect, it } from 'vitest'
import { approvalOf, changeKey, noteOutcome } from './approval'
import { Problem } from './problem'

function problem(code: string, args: Record<string, unknown> = {}): Problem {
  return new Problem({ status: 409, code, title: '', detail: '', args, requestId: '', retryAfter: null })
}

function change(path: string, body: unknown): Promise<string> {
  return changeKey(new Request(`http://console.example${path}`, { method: 'POST', body: JSON.stringify(body) }))
}

const kept = new Map<string, string>()

beforeEach(() => {
  kept.clear()
  globalThis.sessionStorage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  } as unknown as Storage
})

describe('approvals of changes', () => {
  it('knows the same change again, whatever is said about it', async () => {
    const first = await change('/api/v1/gateway/objects/1/mode?reason=a', { mode: 'observe' })
    expect(await change('/api/v1/gateway/objects/1/mode?reason=b', { mode: 'observe' })).toBe(first)
    expect(await change('/api/v1/gateway/objects/1/mode', { mode: 'observe', reason: 'c' })).toBe(first)
    expect(await change('/api/v1/gateway/objects/1/mode', { mode: 'bypass' })).not.toBe(first)
    expect(await change('/api/v1/gateway/objects/2/mode', { mode: 'observe' })).not.toBe(first)
  })

  it('sends an approval until the change is made or refused', () => {
    noteOutcome('k', problem('GTW-0109', { approval: 'a-1' }))
    expect(approvalOf('k')).toBe('a-1')
    noteOutcome('k', problem('GTW-0104'))
    expect(approvalOf('k')).toBe('a-1')
    noteOutcome('k', null)
    expect(approvalOf('k')).toBeNull()
    noteOutcome('k', problem('GTW-0109', { approval: 'a-2' }))
    noteOutcome('k', problem('GTW-0110'))
    expect(approvalOf('k')).toBeNull()
  })
})
