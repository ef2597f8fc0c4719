import { Form, Input, Radio, Select } from 'antd'
import { useWords } from '../../i18n'
import { MAX_CONTACT, type SettingsValues } from '../settings-input'
import { doorWords } from './i18n'

/** Fields of requests that other sites have browsers send, of the heads of answers, and of our own pages. */
export function AnswerFields({ open }: { open: string }) {
  const words = useWords(doorWords)
  const origins = Form.useWatch<SettingsValues['same_origin'] | undefined>('same_origin')
  const yesOrNo = [{ value: null, label: open }, { value: true, label: words.yes }, { value: false, label: words.no }]
  return (
    <>
      <Form.Item name="same_origin" label={words.origins} extra={origins && words.originHelp[origins]}>
        <Radio.Group optionType="button" options={[{ value: null, label: open }, ...(['off', 'observe', 'enforce'] as const).map((value) => ({ value, label: words.originNames[value] }))]} />
      </Form.Item>
      <Form.Item name="allowed_origins" label={words.allowedOrigins} extra={words.allowedOriginsHelp}>
        <Select mode="tags" open={false} suffixIcon={null} placeholder="https://portal.example.cn" tokenSeparators={[',', ' ']} />
      </Form.Item>
      <Form.Item name="hide_server" label={words.hideServer} extra={words.hideServerHelp}>
        <Radio.Group optionType="button" options={yesOrNo} />
      </Form.Item>
      <Form.Item name="security_headers" label={words.securityHeaders} extra={words.securityHeadersHelp}>
        <Radio.Group optionType="button" options={yesOrNo} />
      </Form.Item>
      <Form.Item name="secure_cookies" label={words.secureCookies} extra={words.secureCookiesHelp}>
        <Select mode="tags" open={false} suffixIcon={null} placeholder="JSESSIONID" tokenSeparators={[',', ' ', ';']} />
      </Form.Item>
      <Form.Item name="block_page_contact" label={words.contact} extra={words.contactHelp} normalize={(typed: string) => (typed === '' ? null : typed)}>
        <Input maxLength={MAX_CONTACT} placeholder={open} autoComplete="off" />
      </Form.Item>
    </>
  )
}
