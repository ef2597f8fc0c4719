import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { renderToString } from 'react-dom/server'
import { MemoryRouter } from 'react-router'
import { describe, expect, it } from 'vitest'
import type { Approval, Me } from '../api/types'
import { MAY } from '../kit/permissions'
import { SessionContext } from '../kit/session'
import { nowUs } from '../kit/time'
import Approvals from './approvals'

const HOUR_US = 3_600_000_000

function request(over: Partial<Approval>): Approval {
  return {
    id: '01900000-0000-7000-8000-000000000001',
    action: 'gateway.object.unprotect',
    permission: 'gateway.object.write',
    summary_zh: '关闭门户的防护',
    summary_en: 'turn the protection of the portal off',
    payload_sha256: 'ab',
    requester: { account_id: 'a', login: 'li.na', name: '李娜' },
    reason: '厂商今晚迁移',
    requested_at: nowUs() - HOUR_US,
    expires_at: nowUs() + HOUR_US,
    state: 'open',
    own: false,
    may_decide: true,
    ...over,
  }
}

/** The page with these rows already loaded, for somebody with these permissions. */
function drawn(view: string, rows: Approval[], permissions: string[]): string {
  const client = new QueryClient()
  client.setQueryData(['identity', 'approvals', view, ''], { items: rows, next_cursor: null })
  const me: Me = { account_id: 'b', login: 'su.he', name: '苏禾', roles: ['secadmin'], permissions, csrf: '', idle_ends_at: 0, absolute_ends_at: 0 }
  return renderToString(
    <QueryClientProvider client={client}>
      <SessionContext value={me}>
        <MemoryRouter initialEntries={[`/identity/approvals?view=${view}`]}>
          <Approvals />
        </MemoryRouter>
      </SessionContext>
    </QueryClientProvider>,
  )
}

const EVERYTHING = [MAY.approvalRead, MAY.approvalDecide, MAY.approvalWithdraw]

describe('the page of approvals', () => {
  it('shows what is asked, by whom and why, and lets it be approved or refused', () => {
    const html = drawn('open', [request({})], EVERYTHING)
    for (const shown of ['关闭门户的防护', '李娜', '厂商今晚迁移', '批准 li.na gateway.object.unprotect', '拒绝 li.na gateway.object.unprotect']) expect(html).toContain(shown)
    expect(html).not.toContain('撤回 li.na')
  })

  it('offers nothing that the person may not do', () => {
    for (const html of [drawn('open', [request({})], [MAY.approvalRead]), drawn('open', [request({ may_decide: false })], EVERYTHING)]) {
      expect(html).not.toContain('批准 li.na')
      expect(html).not.toContain('拒绝 li.na')
    }
  })

  it('lets an own request be withdrawn while it lives, and says where it stands', () => {
    const own = request({ own: true, may_decide: false, state: 'approved', decider: { account_id: 'c', login: 'gu.yan', name: '顾言' }, decided_at: nowUs() })
    const html = drawn('own', [own], EVERYTHING)
    for (const shown of ['撤回 li.na', '已批准，尚未执行', '顾言']) expect(html).toContain(shown)
    const over = drawn('own', [{ ...own, expires_at: nowUs() - HOUR_US }], EVERYTHING)
    expect(over).toContain('已过期')
    expect(over).not.toContain('撤回 li.na')
  })

  it('keeps who decided, why, and when it was let through', () => {
    const refused = request({ id: 'x', state: 'refused', may_decide: false, decider: { account_id: 'c', login: 'gu.yan', name: '顾言' }, decided_at: nowUs(), decision_reason: '今晚不行' })
    const html = drawn('decided', [refused, request({ state: 'used', may_decide: false, used_at: nowUs() })], EVERYTHING)
    for (const shown of ['已拒绝', '今晚不行', '已执行', '执行于']) expect(html).toContain(shown)
    expect(html).not.toContain('批准 li.na')
  })
})
