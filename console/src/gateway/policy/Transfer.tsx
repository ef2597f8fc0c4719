import { DownloadOutlined, UploadOutlined } from '@ant-design/icons'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App, Button, Dropdown, Input, Modal, Upload } from 'antd'
import { useState } from 'react'
import { api, take } from '../../api/client'
import type { Imported, PolicyFile } from '../../api/types'
import { shared, useWords } from '../../i18n'
import { saveFile } from '../../kit/csv'
import { MAY } from '../../kit/permissions'
import { useMay } from '../../kit/session'
import { ActionError } from '../../kit/states'
import { policyWords } from './i18n'
import { FileProblem, objectsCsv, readPolicyFile, textOf } from './policy-file'

/** Takes the policy out as a file, and lays one over it. */
export function Transfer() {
  const words = useWords(policyWords).transfer
  const mayWrite = useMay()(MAY.gatewayObjectWrite)
  const [importing, setImporting] = useState(false)
  const { message } = App.useApp()
  const write = useMutation({
    mutationFn: () => take(api.GET('/api/v1/gateway/policy/export')),
    onError: () => message.error(words.exportFailed),
  })
  const save = async (form: string) => {
    const file = await write.mutateAsync()
    if (form === 'csv') saveFile('medward-objects.csv', 'text/csv', objectsCsv(file))
    else saveFile('medward-policy.json', 'application/json', `${JSON.stringify(file, null, 2)}\n`)
  }
  const forms = [
    { key: 'json', label: words.asJson },
    { key: 'csv', label: words.asCsv },
  ]
  return (
    <>
      <Dropdown menu={{ items: forms, onClick: ({ key }) => void save(key) }} trigger={['click']}>
        <Button icon={<DownloadOutlined />} loading={write.isPending}>
          {words.export}
        </Button>
      </Dropdown>
      {mayWrite && (
        <Button icon={<UploadOutlined />} onClick={() => setImporting(true)}>
          {words.import}
        </Button>
      )}
      {importing && <ImportDialog onClose={() => setImporting(false)} />}
    </>
  )
}

/** First what the file would do, then doing it. */
function ImportDialog({ onClose }: { onClose: () => void }) {
  const words = useWords(policyWords).transfer
  const { common } = useWords(shared)
  const { message } = App.useApp()
  const queryClient = useQueryClient()
  const [chosen, setChosen] = useState<{ name: string; file: PolicyFile } | null>(null)
  const [problem, setProblem] = useState<FileProblem | null>(null)
  const [reason, setReason] = useState('')
  const call = (dry_run: boolean, file: PolicyFile) => take(api.POST('/api/v1/gateway/policy/import', { body: { policy: file, dry_run, reason } }))
  const attempt = useMutation({ mutationFn: (file: PolicyFile) => call(true, file) })
  const lay = useMutation({
    mutationFn: (file: PolicyFile) => call(false, file),
    onSuccess: (told) => {
      message.success(words.done(told.created, told.updated))
      onClose()
      return queryClient.invalidateQueries({ queryKey: ['gateway'] })
    },
  })
  const choose = async (file: File) => {
    attempt.reset()
    setChosen(null)
    setProblem(null)
    try {
      const current = await take(api.GET('/api/v1/gateway/policy/export'))
      const read = readPolicyFile(file.name, textOf(await file.arrayBuffer()), current)
      setChosen({ name: file.name, file: read })
      attempt.mutate(read)
    } catch (error) {
      if (!(error instanceof FileProblem)) throw error
      setProblem(error)
    }
  }
  const changes = attempt.data && attempt.data.created + attempt.data.updated > 0
  return (
    <Modal open title={words.import} onCancel={onClose} okText={words.lay} cancelText={common.cancel} okButtonProps={{ disabled: !changes, loading: lay.isPending }} onOk={() => chosen && lay.mutate(chosen.file)} destroyOnHidden>
      <p>{words.about}</p>
      <Upload accept=".json,.csv" maxCount={1} showUploadList={false} beforeUpload={(file) => { void choose(file); return false }}>
        <Button icon={<UploadOutlined />}>{chosen?.name ?? words.choose}</Button>
      </Upload>
      {problem && <p role="alert" className="error-text">{words.problems[problem.kind](problem.line, problem.found)}</p>}
      {attempt.data && <Would told={attempt.data} />}
      {changes && <Input.TextArea aria-label={words.reason} placeholder={words.reason} maxLength={300} value={reason} onChange={(event) => setReason(event.target.value)} autoSize={{ minRows: 2, maxRows: 4 }} />}
      <ActionError error={attempt.error ?? lay.error} />
    </Modal>
  )
}

function Would({ told }: { told: Imported }) {
  const words = useWords(policyWords).transfer
  return <p data-testid="import-would">{words.would(told.created, told.updated, told.unchanged)}</p>
}
