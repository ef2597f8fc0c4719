import { useMutation, useQuery } from '@tanstack/react-query'
import { Button, Checkbox } from 'antd'
import { useState } from 'react'
import { api, take } from '../../api/client'
import type { LoginStep } from '../../api/types'
import { shared, useWords } from '../../i18n'
import { CopyButton } from '../../kit/CopyButton'
import { saveFile } from '../../kit/csv'
import { Mono } from '../../kit/Mono'
import { Loaded } from '../../kit/states'
import { CodeForm } from './CodeForm'
import { gateWords } from './i18n'

interface EnrolProps {
  handle: string
  onCodes: (codes: string[], after: LoginStep) => void
  onStartOver: () => void
}

/** Binds an authenticator: the secret as QR code and as text, then one code as proof that it arrived. */
export function Enrol({ handle, onCodes, onStartOver }: EnrolProps) {
  const words = useWords(gateWords)
  const enrolment = useQuery({
    queryKey: ['enrolment', handle],
    queryFn: () => take(api.POST('/api/v1/identity/login/enrol', { body: { handle } })),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
  })
  const confirm = useMutation({
    mutationFn: (code: string) => take(api.POST('/api/v1/identity/login/enrol/confirm', { body: { handle, code } })),
    onSuccess: (answer) => onCodes(answer.recovery_codes ?? [], { step: answer.step, handle: answer.handle ?? handle }),
  })
  return (
    <>
      <p className="gate-about">{words.enrol.about}</p>
      <Loaded query={enrolment}>
        {(secret) => (
          <>
            <div className="enrol-qr">
              <img src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(secret.qr_svg)}`} alt={words.enrol.qr} width={208} height={208} />
            </div>
            <div className="enrol-secret">
              <span>{words.enrol.secret}</span>
              <Mono text={grouped(secret.secret_base32)} />
            </div>
            <CodeForm label={words.login.code} submit={words.enrol.confirm} busy={confirm.isPending} error={confirm.error} onCode={(code) => confirm.mutate(code)} />
          </>
        )}
      </Loaded>
      <div className="gate-more">
        <Button type="link" onClick={onStartOver}>
          {words.login.startOver}
        </Button>
      </div>
    </>
  )
}

/** In groups of four, as authenticators take it and people can read it out. */
function grouped(secret: string): string {
  return secret.replace(/(.{4})(?=.)/g, '$1 ')
}

/** Shown once. The console opens only after the person says that the codes are kept. */
export function RecoveryCodes({ codes, login, onDone }: { codes: string[]; login: string; onDone: () => void }) {
  const words = useWords(gateWords).enrol
  const { common } = useWords(shared)
  const [kept, setKept] = useState(false)
  const text = codes.join('\n')
  return (
    <>
      <p className="gate-about">{words.recoveryAbout}</p>
      <ol className="recovery-codes" aria-label={words.recoveryList}>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <div className="recovery-tools">
        <CopyButton text={text} withWord label={common.copy} />
        <Button onClick={() => saveFile(`medward-recovery-${login}.txt`, 'text/plain;charset=utf-8', `${words.fileHead(login)}${text}\n`)}>{common.download}</Button>
      </div>
      <Checkbox checked={kept} onChange={(event) => setKept(event.target.checked)} className="recovery-kept">
        {words.kept}
      </Checkbox>
      <Button type="primary" size="large" block disabled={!kept} onClick={onDone}>
        {words.goOn}
      </Button>
    </>
  )
}
