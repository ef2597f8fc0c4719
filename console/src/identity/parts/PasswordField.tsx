import { useQuery } from '@tanstack/react-query'
import { Input } from 'antd'
import { useEffect, useState } from 'react'
import { api, take } from '../../api/client'
import type { PasswordVerdict } from '../../api/types'
import { useWords } from '../../i18n'
import { StatusTag } from '../../kit/status'
import { passwordWords } from './i18n'

/** Waits until the person stops typing, so that not every key is a call. */
const TYPING_PAUSE_MS = 350

interface PasswordFieldProps {
  id?: string
  value?: string
  onChange?: (value: string) => void
  /** The verdict depends on whose password it is: it must not hold the login or the name. */
  login: string
  name: string
  onVerdict?: (ok: boolean) => void
}

/** A new password with the server's verdict below it, the same that decides at the end (spec identity.md §4). */
export function PasswordField({ id, value = '', onChange, login, name, onVerdict }: PasswordFieldProps) {
  const verdict = useVerdict(login, name, value)
  useEffect(() => {
    // When the check cannot be had, the person may go on: the server judges again at the end.
    onVerdict?.(verdict.data?.ok === true || (verdict.isError && value !== ''))
  }, [verdict.data, verdict.isError, value, onVerdict])
  return (
    <div>
      <Input.Password id={id} value={value} onChange={(event) => onChange?.(event.target.value)} autoComplete="new-password" maxLength={256} />
      <div className="verdict" aria-live="polite">
        {value !== '' && <VerdictLine verdict={verdict.data} failed={verdict.isError} />}
      </div>
    </div>
  )
}

function useVerdict(login: string, name: string, password: string) {
  const [asked, setAsked] = useState({ login, name, password })
  useEffect(() => {
    const timer = setTimeout(() => setAsked({ login, name, password }), TYPING_PAUSE_MS)
    return () => clearTimeout(timer)
  }, [login, name, password])
  return useQuery({
    // The password is part of the key, so the entry is dropped from memory as soon as it is not shown.
    queryKey: ['password-check', asked],
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    enabled: asked.password !== '',
    retry: false,
    queryFn: () => take(api.POST('/api/v1/identity/password/check', { body: asked })),
  })
}

function VerdictLine({ verdict, failed }: { verdict: PasswordVerdict | undefined; failed: boolean }) {
  const words = useWords(passwordWords)
  if (failed) return <span className="muted">{words.unchecked}</span>
  if (verdict === undefined) return <span className="muted">{words.checking}</span>
  const score = words.scores[`s${verdict.score}`] ?? ''
  return (
    <>
      <div className="verdict-bar" aria-hidden="true">
        {[0, 1, 2, 3].map((step) => (
          <span key={step} className={step < verdict.score ? `filled score-${verdict.score}` : ''} />
        ))}
      </div>
      {verdict.ok ? (
        <StatusTag meaning="ok">{words.good}</StatusTag>
      ) : (
        <>
          <span className="verdict-score">{words.score(score)}</span>
          <ul className="verdict-findings">
            {verdict.findings.map((finding) => (
              <li key={finding}>{words.findings[finding] ?? finding}</li>
            ))}
          </ul>
        </>
      )}
    </>
  )
}
