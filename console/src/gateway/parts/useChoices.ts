import { useQuery } from '@tanstack/react-query'
import { api, take } from '../../api/client'
import { everyPage } from '../traffic/rows'

interface Choice {
  /** Id. */
  value: string
  label: string
}

function choices(items: readonly { id: string; spec: { name: string } }[] | undefined): Choice[] {
  return (items ?? []).map((item) => ({ value: item.id, label: item.spec.name }))
}

/** Guards that settings can name. */
export function useGuardChoices(): Choice[] {
  const list = useQuery({ queryKey: ['gateway', 'guards', 'choice'], queryFn: () => everyPage((cursor) => take(api.GET('/api/v1/gateway/guards', { params: { query: { limit: 500, cursor } } }))) })
  return choices(list.data?.items)
}

/** Descriptions of interfaces that settings can name. */
export function useSchemaChoices(): Choice[] {
  const list = useQuery({ queryKey: ['gateway', 'schemas', 'choice'], queryFn: () => everyPage((cursor) => take(api.GET('/api/v1/gateway/schemas', { params: { query: { limit: 500, cursor } } }))) })
  return choices(list.data?.items)
}

/** The name behind an id; the id itself when it is of something that went. */
export function nameIn(all: readonly Choice[], id: string): string {
  return all.find((choice) => choice.value === id)?.label ?? id
}
