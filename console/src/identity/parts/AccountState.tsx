import type { Account } from '../../api/types'
import { useWords } from '../../i18n'
import { StatusTag, type Meaning } from '../../kit/status'
import { formatTime } from '../../kit/time'
import { identityWords } from '../i18n'

const STATE_MEANING: Record<string, Meaning> = { invited: 'low', active: 'ok', locked: 'high', disabled: 'off', archived: 'off' }

export function AccountState({ account }: { account: Account }) {
  const words = useWords(identityWords).accounts
  return (
    <span className="stacked">
      <StatusTag meaning={STATE_MEANING[account.state] ?? 'off'}>{words.states[account.state] ?? account.state}</StatusTag>
      {account.locked_until !== null && account.state === 'locked' && <span className="muted figures">{words.lockedUntil(formatTime(account.locked_until, 'minute'))}</span>}
    </span>
  )
}
