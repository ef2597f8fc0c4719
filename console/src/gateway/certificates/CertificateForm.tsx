import { FileTextOutlined } from '@ant-design/icons'
import { useMutation } from '@tanstack/react-query'
import { Button, Drawer, Form, Input, Upload } from 'antd'
import { useState } from 'react'
import { api, take } from '../../api/client'
import { Problem } from '../../api/problem'
import type { CertificateUpload, SiteCertificate } from '../../api/types'
import { shared, useWords } from '../../i18n'
import { ActionError } from '../../kit/states'
import { CertificateFacts } from './CertificateFacts'
import { certificateWords } from './i18n'

/** Larger than any chain or key the server takes. */
const MAX_FILE_BYTES = 100_000

interface Props {
  /** The certificate to replace; `null` for a new one. */
  replacing: SiteCertificate | null
  open: boolean
  busy: boolean
  error: unknown
  onSave: (upload: CertificateUpload) => void
  /** The text is another one now. */
  onChange: () => void
  onClose: () => void
}

/** Takes a certificate and its key in, and shows first what is in them. */
export function CertificateForm({ replacing, open, busy, error, onSave, onChange, onClose }: Props) {
  const words = useWords(certificateWords)
  const { common } = useWords(shared)
  const [form] = Form.useForm<CertificateUpload>()
  const check = useMutation({ mutationFn: (body: CertificateUpload) => take(api.POST('/api/v1/gateway/certificates/check', { body })) })
  const attempt = async () => check.mutate(await form.validateFields())
  const refusal = check.error ?? error
  // What was said of the text before is not said of this one.
  const changed = () => { check.reset(); onChange() }
  const footer = (
    <div className="modal-actions">
      <Button onClick={onClose}>{common.cancel}</Button>
      <Button loading={check.isPending} onClick={() => { attempt().catch(() => undefined) }} data-testid="certificate-check">
        {words.check}
      </Button>
      <Button type="primary" loading={busy} onClick={() => form.submit()}>
        {replacing ? words.replace : words.upload}
      </Button>
    </div>
  )
  return (
    <Drawer open={open} onClose={onClose} size={720} title={replacing ? words.replaceTitle(replacing.name) : words.upload} destroyOnHidden afterOpenChange={() => check.reset()} footer={footer}>
      <Form<CertificateUpload> form={form} clearOnDestroy layout="vertical" initialValues={{ name: replacing?.name ?? '', chain_pem: '', private_key_pem: '' }} onFinish={onSave} onValuesChange={changed}>
        <Form.Item name="name" label={words.name} extra={words.nameHelp}>
          <Input maxLength={128} autoComplete="off" />
        </Form.Item>
        <PemField name="chain_pem" label={words.chain} help={words.chainHelp} begins="-----BEGIN CERTIFICATE-----" onRead={(text) => { form.setFieldValue('chain_pem', text); changed() }} />
        <PemField name="private_key_pem" label={words.key} help={words.keyHelp} begins="-----BEGIN PRIVATE KEY-----" onRead={(text) => { form.setFieldValue('private_key_pem', text); changed() }} />
      </Form>
      <ActionError error={refusal} sentence={faultSentence(refusal, words.faults)} />
      {check.data ? <CertificateFacts facts={check.data} /> : <p className="muted">{words.checkFirst}</p>}
    </Drawer>
  )
}

/** What is wrong with the certificate, in the words of the page. */
function faultSentence(refusal: unknown, faults: Record<string, string>): string | null {
  if (!(refusal instanceof Problem)) return null
  const { fault, subject } = refusal.args
  const sentence = typeof fault === 'string' ? faults[fault] : undefined
  if (sentence === undefined) return null
  return typeof subject === 'string' && subject !== '' ? `${sentence} ${subject}` : sentence
}

/** Text in PEM form, pasted or read from a file. */
function PemField({ name, label, help, begins, onRead }: { name: string; label: string; help: string; begins: string; onRead: (text: string) => void }) {
  const words = useWords(certificateWords)
  const { common } = useWords(shared)
  const [tooLarge, setTooLarge] = useState(false)
  const read = async (file: File) => {
    setTooLarge(file.size > MAX_FILE_BYTES)
    if (file.size <= MAX_FILE_BYTES) onRead(await file.text())
  }
  const extra = (
    <span className="pem-extra">
      <span>{tooLarge ? words.tooLarge : help}</span>
      <Upload accept=".pem,.crt,.cer,.key,.txt" showUploadList={false} beforeUpload={(file) => { read(file).catch(() => undefined); return false }}>
        <Button size="small" type="link" icon={<FileTextOutlined />} aria-label={`${label}: ${words.fromFile}`}>
          {words.fromFile}
        </Button>
      </Upload>
    </span>
  )
  return (
    <Form.Item name={name} label={label} extra={extra} rules={[{ required: true, whitespace: true, message: common.required }]}>
      <Input.TextArea className="pem" placeholder={begins} autoSize={{ minRows: 4, maxRows: 9 }} spellCheck={false} autoComplete="off" />
    </Form.Item>
  )
}
