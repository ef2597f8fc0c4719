import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { api, take } from '../../api/client'
import type { LoginStep } from '../../api/types'
import { useWords } from '../../i18n'
import { StateIcon } from '../../kit/status'
import { returnPath } from '../../kit/return-path'
import { ChangePassword } from './ChangePassword'
import { Enrol, RecoveryCodes } from './Enrol'
import { Factor } from './Factor'
import { GateFrame } from './GateFrame'
import { gateWords } from './i18n'
import { PasswordStep } from './PasswordStep'

/** Where a sign-in stands. The handle names the attempt to the server and is worth nothing by itself. */
type Stage =
  | { at: 'password' }
  | { at: 'factor' | 'enrol' | 'change_password'; handle: string }
  | { at: 'recovery'; codes: string[]; after: LoginStep }

/** Sign-in: password, then a second factor (bound at the first sign-in), then a new password where one is due. */
export default function Login() {
  const words = useWords(gateWords)
  const [params] = useSearchParams()
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const [stage, setStage] = useState<Stage>({ at: 'password' })
  const [login, setLogin] = useState('')
  const state = useQuery({ queryKey: ['identity-state'], queryFn: () => take(api.GET('/api/v1/identity/state')) })

  const goOn = (answer: LoginStep) => {
    if (answer.step === 'done') {
      queryClient.removeQueries({ queryKey: ['session'] })
      void navigate(returnPath(params.get('next')), { replace: true })
      return
    }
    setStage({ at: answer.step, handle: answer.handle ?? '' })
  }
  const startOver = () => setStage({ at: 'password' })

  switch (stage.at) {
    case 'password':
      return (
        <GateFrame title={words.login.title}>
          {params.has('ended') && <Note text={words.login.ended} />}
          {state.data?.setup_required === true && <Note text={words.login.setupNeeded} />}
          <PasswordStep login={login} onLogin={setLogin} onStep={goOn} />
        </GateFrame>
      )
    case 'factor':
      return (
        <GateFrame title={words.login.factorTitle}>
          <Factor handle={stage.handle} onStep={goOn} onStartOver={startOver} />
        </GateFrame>
      )
    case 'enrol':
      return (
        <GateFrame title={words.enrol.title}>
          <Enrol handle={stage.handle} onCodes={(codes, after) => setStage({ at: 'recovery', codes, after })} onStartOver={startOver} />
        </GateFrame>
      )
    case 'recovery':
      return (
        <GateFrame title={words.enrol.recoveryTitle}>
          <RecoveryCodes codes={stage.codes} login={login} onDone={() => goOn(stage.after)} />
        </GateFrame>
      )
    case 'change_password':
      return (
        <GateFrame title={words.change.title}>
          <ChangePassword handle={stage.handle} login={login} onStep={goOn} onStartOver={startOver} />
        </GateFrame>
      )
  }
}

function Note({ text }: { text: string }) {
  return (
    <p className="gate-note" role="status">
      <StateIcon meaning="low" />
      <span>{text}</span>
    </p>
  )
}
