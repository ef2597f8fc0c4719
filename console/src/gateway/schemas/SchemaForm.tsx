import { FileTextOutlined } from '@ant-design/icons'
import { Button, Form, Input, Upload } from 'antd'
import { useState } from 'react'
import type { ApiSchema, ApiSchemaInput } from '../../api/types'
import { shared, useWords } from '../../i18n'
import { formatBytes } from '../../kit/number'
import { faultsOf } from '../condition/faults'
import { FormDrawer } from '../parts/FormDrawer'
import type { ItemForm } from '../parts/useItems'
import { textOf } from '../policy/policy-file'
import { trafficWords } from '../traffic/i18n'
import { faulty } from '../traffic/parts'
import { schemaWords } from './i18n'
import { inputOf, MAX_DOCUMENT_BYTES, MAX_SHOWN_CHARS, sizeOf, valuesOf, type SchemaValues } from './schema-input'

/** Parts of the form beside which a fault can stand. */
const PLACED = /^(name|description|base_path|document)$/

/** Takes an OpenAPI document in, or replaces one. What is wrong with it stands beside it. */
export function SchemaForm({ item, onSave, ...drawer }: ItemForm<ApiSchema, ApiSchemaInput>) {
  const words = useWords(schemaWords)
  const traffic = useWords(trafficWords)
  const { common } = useWords(shared)
  const [form] = Form.useForm<SchemaValues>()
  const faults = faultsOf(drawer.error)
  const at = (part: string) => faults?.find((fault) => fault.part === part)?.text
  const first = faults?.[0]
  const wrong = at('document')
  const tooLong = (_rule: unknown, text?: string) => (sizeOf(text ?? '') > 64 ? Promise.reject(new Error(traffic.longName)) : Promise.resolve())
  const tooLarge = (_rule: unknown, text?: string) => (sizeOf(text ?? '') > MAX_DOCUMENT_BYTES ? Promise.reject(new Error(words.tooLarge(formatBytes(sizeOf(text ?? ''))))) : Promise.resolve())
  return (
    <FormDrawer<SchemaValues>
      {...drawer}
      form={form}
      size={760}
      title={item === null ? words.create : words.editTitle(item.spec.name)}
      values={valuesOf(item)}
      sentence={first === undefined ? null : PLACED.test(first.part) ? traffic.toMend : first.text}
      onSave={(values) => onSave(inputOf(values))}
    >
      {() => (
        <>
          <Form.Item name="name" label={traffic.name} rules={[{ required: true, whitespace: true, message: common.required }, { validator: tooLong }]} validateTrigger="onBlur" {...faulty(at('name'))}>
            <Input maxLength={64} autoComplete="off" />
          </Form.Item>
          <Form.Item name="description" label={traffic.description} {...faulty(at('description'))}>
            <Input maxLength={300} autoComplete="off" />
          </Form.Item>
          <Form.Item name="base_path" label={words.basePath} extra={words.basePathHelp} rules={[{ pattern: /^\/[^\s?#]*$/, message: words.badBasePath }]} validateTrigger="onBlur" {...faulty(at('base_path'))}>
            <Input maxLength={256} spellCheck={false} placeholder="/api/v1" />
          </Form.Item>
          <Form.Item
            name="document"
            label={words.document}
            rules={[...(item === null ? [{ required: true, whitespace: true, message: common.required }] : []), { validator: tooLarge }]}
            validateTrigger="onBlur"
            {...faulty(wrong && words.notRead(wrong.replace(/^(?:compile|read) document: /, '')))}
          >
            <DocumentField mayStay={item !== null} />
          </Form.Item>
        </>
      )}
    </FormDrawer>
  )
}

interface FieldProps {
  id?: string
  value?: string
  onChange?: (text: string) => void
  /** Whether a stored document stays while the field is empty. */
  mayStay: boolean
}

/** A document, pasted or read from a file. */
function DocumentField({ id, value = '', onChange, mayStay }: FieldProps) {
  const words = useWords(schemaWords)
  const [refused, setRefused] = useState<string | null>(null)
  const read = async (file: File) => {
    setRefused(file.size > MAX_DOCUMENT_BYTES ? words.tooLarge(formatBytes(file.size)) : null)
    if (file.size <= MAX_DOCUMENT_BYTES) onChange?.(textOf(await file.arrayBuffer()))
  }
  return (
    <>
      {value.length > MAX_SHOWN_CHARS ? (
        <p className="row-actions">
          {words.long(formatBytes(sizeOf(value)))}
          <Button id={id} size="small" onClick={() => onChange?.('')}>
            {words.discard}
          </Button>
        </p>
      ) : (
        <Input.TextArea id={id} className="pem" value={value} placeholder={'openapi: 3.1.0\npaths:'} autoSize={{ minRows: 8, maxRows: 18 }} spellCheck={false} autoComplete="off" onChange={(event) => onChange?.(event.target.value)} />
      )}
      <span className="pem-extra">
        <span className="muted" role={refused === null ? undefined : 'alert'}>
          {refused ?? (mayStay ? words.replaceHelp : words.documentHelp)}
        </span>
        <Upload accept=".json,.yaml,.yml,.txt" showUploadList={false} beforeUpload={(file) => { read(file).catch(() => undefined); return false }}>
          <Button size="small" type="link" icon={<FileTextOutlined />}>
            {words.fromFile}
          </Button>
        </Upload>
      </span>
    </>
  )
}
