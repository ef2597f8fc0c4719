import type { Account } from '../../api/types'
import { useWords } from '../../i18n'
import { StatusTag, type Meaning } from '../../kit/status'
import { formatTime } from '../../kit/time'
import { useNow } from '../../kit/TimeText'
import { identityWords } from '../i18n'
import { isLocked } from '../rules'

const STATE_MEANING: Record<string, Meaning> = { invited: 'low', active: 'ok', disabled: 'off', archived: 'off' }

/** The state of an account; a lock stands in front of it while it lasts. */
export function AccountState({ account }: { account: Account }) {
  const words = useWords(identityWords).accounts
  const now = useNow()
  if (isLocked(account.locked_until, now)) {
    return (
      <span className="stacked">
        <StatusTag meaning="high">{words.locked}</StatusTag>
        <span className="muted figures">{words.lockedUntil(formatTime(account.locked_until ?? 0, 'minute'))}</span>
      </span>
    )
  }
  return <StatusTag meaning={STATE_MEANING[account.state] ?? 'off'}>{words.states[account.state] ?? account.state}</StatusTag>
}
