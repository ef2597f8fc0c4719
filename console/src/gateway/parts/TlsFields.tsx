import { Form, Input, InputNumber, Radio, Select } from 'antd'
import { shared, useWords } from '../../i18n'
import { certificateWords } from '../certificates/i18n'
import type { SettingsValues } from '../settings-input'

/** Fields of connections: HTTPS only, HSTS, versions of TLS, certificates of clients. */
export function TlsFields({ open }: { open: string }) {
  const words = useWords(certificateWords).transport
  const { common } = useWords(shared)
  const clients = Form.useWatch<SettingsValues['clients'] | undefined>('clients')
  const choices = <T extends string>(values: readonly T[], names: Record<T, string>) => [{ value: null, label: open }, ...values.map((value) => ({ value, label: names[value] }))]
  return (
    <>
      <Form.Item name="plain_http" label={words.plainHttp} extra={words.plainHttpHelp}>
        <Radio.Group optionType="button" options={choices(['serve', 'redirect', 'refuse'] as const, words.plainHttpNames)} />
      </Form.Item>
      <Form.Item name="hsts_days" label={words.hsts} extra={words.hstsHelp}>
        <InputNumber min={0} max={730} precision={0} placeholder={open} style={{ width: '12rem' }} />
      </Form.Item>
      <Form.Item name="min_version" label={words.minVersion} extra={words.minVersionHelp}>
        <Radio.Group optionType="button" options={choices(['1.2', '1.3'] as const, { '1.2': 'TLS 1.2', '1.3': 'TLS 1.3' })} />
      </Form.Item>
      <Form.Item name="clients" label={words.clients} extra={words.clientsHelp}>
        <Select options={choices(['none', 'known', 'needed'] as const, words.clientsNames)} />
      </Form.Item>
      {(clients === 'known' || clients === 'needed') && (
        <Form.Item name="authorities_pem" label={words.authorities} extra={words.authoritiesHelp} rules={[{ required: true, whitespace: true, message: common.required }]}>
          <Input.TextArea className="pem" placeholder="-----BEGIN CERTIFICATE-----" autoSize={{ minRows: 3, maxRows: 8 }} spellCheck={false} autoComplete="off" />
        </Form.Item>
      )}
    </>
  )
}
