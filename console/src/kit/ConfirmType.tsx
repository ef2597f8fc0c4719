import { Button, Input, Modal } from 'antd'
import { useState, type ReactNode } from 'react'
import { shared, useWords } from '../i18n'
import { ActionError } from './states'

interface ConfirmTypeProps {
  open: boolean
  title: string
  /** What the person must type: the name of the thing. */
  name: string
  consequence: ReactNode
  okText: string
  busy: boolean
  error: unknown
  onConfirm: () => void
  onCancel: () => void
}

/** For what cannot be undone or weakens protection: the person types the name of the thing it happens to. */
export function ConfirmType(props: ConfirmTypeProps) {
  return (
    <Modal
      open={props.open}
      title={props.title}
      footer={null}
      onCancel={props.onCancel}
      destroyOnHidden
      width={480}
    >
      <ConfirmBody {...props} />
    </Modal>
  )
}

function ConfirmBody({ name, consequence, okText, busy, error, onConfirm, onCancel }: ConfirmTypeProps) {
  const words = useWords(shared).common
  const [typed, setTyped] = useState('')
  const matches = typed.trim() === name
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (matches && !busy) onConfirm()
      }}
    >
      <div className="confirm-consequence">{consequence}</div>
      <label className="confirm-label">
        <span>{words.typeToConfirm(name)}</span>
        <Input autoFocus value={typed} onChange={(event) => setTyped(event.target.value)} autoComplete="off" spellCheck={false} />
      </label>
      <ActionError error={error} />
      <div className="modal-actions">
        <Button onClick={onCancel}>{words.cancel}</Button>
        <Button danger type="primary" htmlType="submit" disabled={!matches} loading={busy}>
          {okText}
        </Button>
      </div>
    </form>
  )
}
