import { describe, expect, it } from 'vitest'
import { FileProblem, objectsCsv, readPolicyFile, textOf } from './policy-file'

const problem = (name: string, text: string) => {
  try {
    readPolicyFile(name, text, {})
  } catch (error) {
    if (error instanceof FileProblem) return [error.kind, error.line, error.found]
    throw error
  }
  return null
}

describe('a policy as a file', () => {
  it('is read from a spreadsheet with Chinese heads, several hosts in a cell and a BOM', () => {
    const text = '\uFEFF名称,域名,后端地址,对象组,模式\r\n体检预约,tj.example.org; www.tj.example.org,http://10.1.2.3:8080,预约,观察\r\n"PACS, 二院",pacs.example.org,http://10.1.2.4,,\r\n\r\n'
    expect(readPolicyFile('对象.CSV', text, {})).toEqual({
      objects: [
        { name: '体检预约', hosts: ['tj.example.org', 'www.tj.example.org'], path_prefix: '/', upstreams: ['http://10.1.2.3:8080'], group: '预约', settings: { mode: 'observe' } },
        { name: 'PACS, 二院', hosts: ['pacs.example.org'], path_prefix: '/', upstreams: ['http://10.1.2.4'], group: null },
      ],
    })
  })

  it('comes back from the spreadsheet that was written of it', () => {
    const file = readPolicyFile('a.json', '{"objects":[{"name":"a\\"b","hosts":["x","*.y"],"path_prefix":"/p","upstreams":["http://z"],"group":"g","settings":{"mode":"block"}}]}', {})
    expect(readPolicyFile('a.csv', objectsCsv(file), {})).toEqual(file)
  })

  it('changes with a spreadsheet only what it has columns for', () => {
    const current = readPolicyFile('a.json', '{"objects":[{"name":"=a","hosts":["x"],"upstreams":["http://z"],"path_prefix":"/p","health_path":"/h","group":"g","settings":{"mode":"block","policy":"strict"}}]}', {})
    expect(readPolicyFile('a.csv', objectsCsv(current), current)).toEqual(current)
    const [changed] = readPolicyFile('a.csv', "name,hosts,upstreams,mode\n'=a,y,http://z,observe", current).objects ?? []
    expect(changed).toEqual({ ...current.objects?.[0], hosts: ['y'], settings: { mode: 'observe', policy: 'strict' } })
  })

  it('is read whether a spreadsheet wrote it as UTF-8 or as GBK', () => {
    expect(textOf(new TextEncoder().encode('名称').buffer)).toBe('名称')
    expect(textOf(new Uint8Array([0xc3, 0xfb, 0xb3, 0xc6]).buffer)).toBe('名称')
  })

  it('says which line and word is wrong', () => {
    expect(problem('a.json', '{')?.[0]).toBe('json')
    expect(problem('a.csv', 'name,hosts\r\n')).toEqual(['columns', 1, 'upstreams'])
    expect(problem('a.csv', 'name,color\r\n')).toEqual(['columns', 1, 'color'])
    expect(problem('a.csv', 'name,hosts,upstreams,mode\na,b,http://c,off')).toEqual(['mode', 2, 'off'])
    expect(problem('a.csv', 'name,hosts,upstreams\r\n')).toEqual(['empty', 1, ''])
    expect(problem('a.csv', 'name,hosts,upstreams\na,b,http://c"d')).toEqual(['quotes', 1, ''])
  })
})
