import { Button, Drawer, Form, type FormInstance } from 'antd'
import { useState, type ReactNode } from 'react'
import { shared, useWords } from '../../i18n'
import { ActionError } from '../../kit/states'

interface Props<V> {
  form: FormInstance<V>
  title: string
  /** Width, pixels. */
  size: number
  open: boolean
  busy: boolean
  error: unknown
  /** What the form itself knows to say about the error. */
  sentence?: string | null
  /** What the form begins with. */
  values: V
  onSave: (values: V) => void
  /** The values are others now. */
  onChange: () => void
  onClose: () => void
  /** The fields; `telling` once somebody tried to save, when parts of the form say what they miss. */
  children: (telling: boolean) => ReactNode
}

/** A form in a drawer: asks before changes are lost, and says below the fields why it was refused. */
export function FormDrawer<V extends object>({ form, title, size, open, busy, error, sentence, values, onSave, onChange, onClose, children }: Props<V>) {
  const { common } = useWords(shared)
  const [touched, setTouched] = useState(false)
  const [telling, setTelling] = useState(false)
  const close = () => {
    // oxlint-disable-next-line no-alert -- the browser's own question cannot be missed or covered
    if (touched && !window.confirm(common.unsaved)) return
    onClose()
  }
  const save = () => {
    setTelling(true)
    onSave({ ...values, ...form.getFieldsValue(true) })
  }
  const footer = (
    <div className="modal-actions">
      <Button onClick={close}>{common.cancel}</Button>
      <Button type="primary" loading={busy} onClick={() => form.submit()}>
        {common.save}
      </Button>
    </div>
  )
  return (
    <Drawer open={open} onClose={close} size={size} title={title} destroyOnHidden afterOpenChange={() => { setTouched(false); setTelling(false) }} footer={footer}>
      <Form<V> form={form} clearOnDestroy layout="vertical" initialValues={values} onValuesChange={() => { setTouched(true); onChange() }} onFinish={save} onFinishFailed={() => setTelling(true)} scrollToFirstError>
        {children(telling)}
        <ActionError error={error} sentence={sentence} />
      </Form>
    </Drawer>
  )
}
