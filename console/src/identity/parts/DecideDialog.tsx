import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App, Button, Input, Modal } from 'antd'
import { useState } from 'react'
import { api, take } from '../../api/client'
import type { Approval } from '../../api/types'
import { shared, useWords } from '../../i18n'
import { Facts } from '../../kit/Page'
import { useLanguage } from '../../kit/preferences'
import { ActionError } from '../../kit/states'
import { TimeText } from '../../kit/TimeText'
import { identityWords } from '../i18n'

/** A request about to be decided, and which way. */
export interface Deciding {
  approval: Approval
  yes: boolean
}

/** Shows once more what is asked, and takes the decision; a refusal needs its reason. */
export function DecideDialog({ deciding, onClose }: { deciding: Deciding | null; onClose: () => void }) {
  const words = useWords(identityWords).approvals
  return (
    <Modal open={deciding !== null} title={deciding?.yes === false ? words.refuseTitle : words.approveTitle} footer={null} onCancel={onClose} destroyOnHidden width={560}>
      {deciding && <DecideBody {...deciding} onClose={onClose} />}
    </Modal>
  )
}

function DecideBody({ approval, yes, onClose }: Deciding & { onClose: () => void }) {
  const words = useWords(identityWords).approvals
  const { common, permissions } = useWords(shared)
  const language = useLanguage()
  const [reason, setReason] = useState('')
  const { message } = App.useApp()
  const queryClient = useQueryClient()
  const params = { path: { id: approval.id } }
  const decide = useMutation({
    mutationFn: () =>
      yes
        ? take(api.POST('/api/v1/identity/approvals/{id}/approve', { params }))
        : take(api.POST('/api/v1/identity/approvals/{id}/refuse', { params, body: { reason: reason.trim() } })),
    onSuccess: () => {
      message.success(yes ? words.approved : words.refused)
      onClose()
      return queryClient.invalidateQueries({ queryKey: ['identity', 'approvals'] })
    },
  })
  const ready = yes || reason.trim() !== ''
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (ready && !decide.isPending) decide.mutate()
      }}
    >
      <Facts
        items={[
          { label: words.what, value: language === 'zh' ? approval.summary_zh : approval.summary_en },
          { label: words.who, value: `${approval.requester.name} (${approval.requester.login})` },
          { label: words.reason, value: approval.reason },
          { label: words.permission, value: permissions[approval.permission] ?? approval.permission },
          { label: words.expiresAt, value: <TimeText us={approval.expires_at} show="minute" /> },
          { label: words.fingerprint, value: <code className="break-anywhere">{approval.payload_sha256}</code> },
        ]}
      />
      {yes ? (
        <p className="confirm-consequence">{words.approveConsequence}</p>
      ) : (
        <Input.TextArea autoFocus aria-label={words.refusalReason} placeholder={words.refusalReason} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} autoSize={{ minRows: 2, maxRows: 5 }} />
      )}
      <ActionError error={decide.error} />
      <div className="modal-actions">
        <Button onClick={onClose}>{common.cancel}</Button>
        <Button type="primary" danger={!yes} htmlType="submit" disabled={!ready} loading={decide.isPending}>
          {yes ? words.approve : words.refuse}
        </Button>
      </div>
    </form>
  )
}
