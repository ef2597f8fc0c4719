import { useMutation } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { api, take } from '../../api/client'
import type { LoginStep } from '../../api/types'
import { useWords } from '../../i18n'
import { CodeForm } from './CodeForm'
import { gateWords } from './i18n'

export function Factor({ handle, onStep, onStartOver }: { handle: string; onStep: (step: LoginStep) => void; onStartOver: () => void }) {
  const words = useWords(gateWords).login
  const [recovery, setRecovery] = useState(false)
  const attempt = useMutation({
    mutationFn: (code: string) => take(api.POST('/api/v1/identity/login/factor', { body: { handle, code } })),
    onSuccess: onStep,
  })
  return (
    <>
      <p className="gate-about">{recovery ? words.recoveryAbout : words.factorAbout}</p>
      <CodeForm
        key={String(recovery)}
        label={recovery ? words.recoveryCode : words.code}
        recovery={recovery}
        submit={words.signIn}
        busy={attempt.isPending}
        error={attempt.error}
        onCode={(code) => attempt.mutate(code)}
      />
      <div className="gate-more">
        <Button type="link" onClick={() => { setRecovery(!recovery); attempt.reset() }}>
          {recovery ? words.useCode : words.useRecovery}
        </Button>
        <Button type="link" onClick={onStartOver}>
          {words.startOver}
        </Button>
      </div>
    </>
  )
}
