import { useQuery } from '@tanstack/react-query'
import { api, take } from '../../api/client'
import { useWords } from '../../i18n'
import { policyWords } from '../policy/i18n'

type Scope = 'object' | 'group' | 'template'

function scoped(kind: Scope, items: { id: string; spec: { name: string } }[]) {
  return items.map((item) => ({ kind, value: item.id, name: item.spec.name }))
}

/** Everything that an exclusion, a rule or a limit can belong to. */
export function useScopes(enabled: boolean) {
  const kinds = useWords(policyWords).history.kinds
  const query = { params: { query: { limit: 500 } } }
  const lists = useQuery({
    queryKey: ['gateway', 'scopes'],
    queryFn: async () => {
      const [objects, groups, templates] = await Promise.all([take(api.GET('/api/v1/gateway/objects', query)), take(api.GET('/api/v1/gateway/groups', query)), take(api.GET('/api/v1/gateway/templates', query))])
      return [...scoped('object', objects.items), ...scoped('group', groups.items), ...scoped('template', templates.items)]
    },
    enabled,
  })
  return lists.data?.map((scope) => ({ ...scope, label: `${kinds[scope.kind]} ${scope.name}` }))
}
