import { Button } from 'antd'
import { useState } from 'react'
import { api, done, take } from '../../api/client'
import type { ApiSchema, ApiSchemaInput } from '../../api/types'
import { useWords } from '../../i18n'
import { type Columns } from '../../kit/DataTable'
import { formatCount } from '../../kit/number'
import { StatusTag } from '../../kit/status'
import { ItemPage } from '../parts/ItemPage'
import { useItems } from '../parts/useItems'
import type { SortKeys } from '../traffic/rows'
import { schemaWords } from './i18n'
import { OperationsDrawer } from './OperationsDrawer'
import { SchemaForm } from './SchemaForm'

const PATH = '/api/v1/gateway/schemas'

const CALLS = {
  page: (cursor: string | undefined) => take(api.GET(PATH, { params: { query: { limit: 500, cursor } } })),
  create: (body: ApiSchemaInput) => take(api.POST(PATH, { body })),
  update: (schema: ApiSchema, body: ApiSchemaInput) => take(api.PUT(`${PATH}/{id}`, { params: { path: { id: schema.id }, query: { generation: schema.generation } }, body })),
  remove: (schema: ApiSchema) => done(api.DELETE(`${PATH}/{id}`, { params: { path: { id: schema.id } } })),
}

const KEYS: SortKeys<ApiSchema> = { name: (row) => row.spec.name, operations: (row) => row.operations ?? -1 }

/** Descriptions of interfaces, against which calls are held. */
export default function Schemas() {
  const words = useWords(schemaWords)
  const items = useItems<ApiSchema, ApiSchemaInput>('schemas', CALLS)
  const [shown, setShown] = useState<ApiSchema | null>(null)
  const csv = { head: [words.basePath, words.operations], row: (schema: ApiSchema) => [schema.spec.base_path ?? '', schema.operations == null ? words.unreadable : String(schema.operations)] }
  const columns: Columns<ApiSchema> = [
    { title: words.basePath, key: 'base', responsive: ['md'], render: (_, row) => (row.spec.base_path ? <code>{row.spec.base_path}</code> : <span className="muted">{words.asDocument}</span>) },
    {
      title: words.operations,
      key: 'operations',
      render: (_, row) =>
        row.operations == null ? (
          <span className="stacked">
            <StatusTag meaning="critical">{words.unreadable}</StatusTag>
            <span className="muted">{words.unreadableHelp}</span>
          </span>
        ) : (
          <Button type="link" className="cell-link" aria-label={`${words.count(formatCount(row.operations))} ${words.show} ${row.spec.name}`} onClick={() => setShown(row)}>
            {words.count(formatCount(row.operations))}
          </Button>
        ),
    },
  ]
  return (
    <ItemPage words={words} items={items} columns={columns} keys={KEYS} csv={csv}>
      <SchemaForm {...items.form} />
      <OperationsDrawer schema={shown} onClose={() => setShown(null)} />
    </ItemPage>
  )
}
