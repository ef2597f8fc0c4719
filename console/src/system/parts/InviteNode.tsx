import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, Button, Form, Input, Modal } from 'antd'
import { useState } from 'react'
import { api, take } from '../../api/client'
import { shared, useWords } from '../../i18n'
import { ActionError } from '../../kit/states'
import { systemWords } from '../i18n'
import { enrolLine, houseLines, nameFault, NODE_NAME, nodesPort } from '../node-lines'
import { Typed } from './Typed'

interface Invited {
  name: string
  invitation: string
}

/** Asks for a name, then shows the invitation once: it is nowhere when this is closed. */
export function InviteNode({ open, onClose }: { open: boolean; onClose: () => void }) {
  const words = useWords(systemWords).nodes
  const [invited, setInvited] = useState<Invited | null>(null)
  return (
    <Modal
      open={open}
      title={invited === null ? words.invite : words.invited(invited.name)}
      footer={null}
      closable={invited === null}
      keyboard={invited === null}
      mask={{ closable: false }}
      onCancel={onClose}
      afterClose={() => setInvited(null)}
      destroyOnHidden
      width={600}
    >
      {invited === null ? <InviteForm onInvited={setInvited} onClose={onClose} /> : <Invitation invitation={invited.invitation} onClose={onClose} />}
    </Modal>
  )
}

function InviteForm({ onInvited, onClose }: { onInvited: (invited: Invited) => void; onClose: () => void }) {
  const words = useWords(systemWords).nodes
  const { common } = useWords(shared)
  const invite = useMutation({
    mutationFn: async (name: string) => ({ name, ...(await take(api.POST('/api/v1/system/nodes', { body: { name } }))) }),
    onSuccess: onInvited,
  })
  return (
    <Form<{ name: string }> layout="vertical" requiredMark={false} onValuesChange={() => invite.reset()} onFinish={({ name }) => invite.mutate(name.trim())}>
      <p className="muted">{words.inviteAbout}</p>
      <Form.Item name="name" label={words.name} extra={words.nameHelp} validateTrigger="onBlur" rules={[{ required: true, whitespace: true, message: common.required }, { pattern: NODE_NAME, transform: (name: string) => name.trim(), message: words.nameRule }]}>
        <Input autoFocus autoComplete="off" autoCapitalize="none" spellCheck={false} maxLength={64} />
      </Form.Item>
      <ActionError error={invite.error} sentence={nameFault(invite.error, words)} />
      <div className="modal-actions">
        <Button onClick={onClose}>{common.cancel}</Button>
        <Button type="primary" htmlType="submit" loading={invite.isPending}>
          {words.invite}
        </Button>
      </div>
    </Form>
  )
}

function Invitation({ invitation, onClose }: { invitation: string; onClose: () => void }) {
  const words = useWords(systemWords).nodes
  const { common } = useWords(shared)
  // Which port nodes come to is known to the running state only. Until it answers, and without it, the usual one is shown.
  const state = useQuery({ queryKey: ['system', 'state'], queryFn: () => take(api.GET('/api/v1/system/state')) })
  const house = houseLines(window.location.hostname, nodesPort(state.data?.listeners ?? []))
  return (
    <div data-testid="node-invitation">
      <Alert type="warning" showIcon title={words.once} />
      <h3 className="typed-head">{words.invitation}</h3>
      <Typed text={invitation} label={`${common.copy} ${words.invitation}`} />
      <ol className="typed-steps">
        <li>
          <p className="typed-lead">{words.stepHouse}</p>
          <Typed text={house} />
          <p className="muted">{words.stepHouseHelp}</p>
        </li>
        <li>
          <p className="typed-lead">{words.stepEnrol}</p>
          <Typed text={enrolLine(invitation)} />
        </li>
        <li>
          <p className="typed-lead">{words.stepUp}</p>
          <Typed text="medward up" />
        </li>
      </ol>
      <div className="modal-actions">
        <Button type="primary" onClick={onClose}>
          {words.kept}
        </Button>
      </div>
    </div>
  )
}
