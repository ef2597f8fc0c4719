import { DownloadOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button, Drawer, Input, Table, type TableColumnsType } from 'antd'
import { useState } from 'react'
import { api, take } from '../../api/client'
import type { ApiSchema, ApiSchemaDocument } from '../../api/types'
import { useWords } from '../../i18n'
import { saveFile } from '../../kit/csv'
import { Loaded } from '../../kit/states'
import { holds } from '../traffic/rows'
import { schemaWords } from './i18n'

type Operation = ApiSchemaDocument['operations'][number]

/** The operations of a description. */
export function OperationsDrawer({ schema, onClose }: { schema: ApiSchema | null; onClose: () => void }) {
  return (
    <Drawer open={schema !== null} onClose={onClose} size={720} title={schema?.spec.name} destroyOnHidden>
      {schema && <Operations schema={schema} />}
    </Drawer>
  )
}

function Operations({ schema }: { schema: ApiSchema }) {
  const words = useWords(schemaWords)
  const [text, setText] = useState('')
  const read = useQuery({
    // The digest of the document is part of its name: another one is another thing.
    queryKey: ['gateway', 'schemas', 'document', schema.id, schema.spec.document, schema.spec.base_path ?? ''],
    queryFn: () => take(api.GET('/api/v1/gateway/schemas/{id}', { params: { path: { id: schema.id } } })),
  })
  const columns: TableColumnsType<Operation> = [
    { title: words.method, key: 'method', width: 90, render: (_, row) => <code>{row.method}</code> },
    { title: words.path, key: 'path', render: (_, row) => <code>{row.path}</code> },
    { title: words.operationId, key: 'id', render: (_, row) => row.operation_id ?? <span className="muted">—</span> },
  ]
  return (
    <Loaded query={read}>
      {({ document, operations }) => (
        <div className="operations">
          <p className="row-actions">
            <Input className="find" allowClear value={text} aria-label={words.findOperation} placeholder={words.findOperation} onChange={(event) => setText(event.target.value)} />
            <Button icon={<DownloadOutlined />} onClick={() => saveFile(`${schema.spec.name}.${document.trimStart().startsWith('{') ? 'json' : 'yaml'}`, 'text/plain', document)}>
              {words.download}
            </Button>
          </p>
          <Table<Operation> size="small" virtual={operations.length > 200} scroll={operations.length > 200 ? { y: 600 } : undefined} pagination={false} rowKey={(row) => `${row.method} ${row.path}`} columns={columns} dataSource={operations.filter((row) => holds(text, row.path, row.operation_id))} locale={{ emptyText: words.noOperation }} />
        </div>
      )}
    </Loaded>
  )
}
