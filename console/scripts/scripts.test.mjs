import { describe, expect, it } from 'vitest'
import { BUDGETS, overruns } from './budget.mjs'
import { entryFiles } from './dist.mjs'
import { foreignAddresses, grammarFault, newerBuiltIns } from './floor.mjs'

describe('budgets', () => {
  const entry = ['assets/index.js', 'assets/react.js']

  it('hold what is small enough', () => {
    expect(overruns({ 'assets/index.js': 1, 'assets/react.js': BUDGETS.entry - 1, 'assets/echarts-1.js': BUDGETS.echarts, 'assets/page.js': BUDGETS.page }, entry)).toEqual([])
  })

  it('name what grew too big', () => {
    const found = overruns({ 'assets/index.js': BUDGETS.entry, 'assets/react.js': 1, 'assets/echarts-1.js': BUDGETS.echarts + 1, 'assets/page.js': BUDGETS.page + 1 }, entry)
    expect(found.map((finding) => finding.split(' ')[0])).toEqual(['entry', 'assets/echarts-1.js', 'assets/page.js'])
  })

  it('find the first load in the page', () => {
    expect(entryFiles('<link href="/favicon.svg"><link rel="stylesheet" href="/assets/a.css"><script src="/assets/b.js"></script><link rel="modulepreload" href="/assets/c.js">')).toEqual(['assets/a.css', 'assets/b.js', 'assets/c.js'])
  })
})

describe('the floor', () => {
  it('takes ES2021 and refuses what came later', () => {
    expect(grammarFault('a ??= b?.c; 1_000')).toBeNull()
    expect(grammarFault('class A { static {} }')).not.toBeNull()
    expect(grammarFault('class A { #x = 1 }')).not.toBeNull()
  })

  it('refuses built-ins that Chromium 87 lacks', () => {
    expect(newerBuiltIns('list.slice(-1)[0]')).toEqual([])
    for (const source of ['structuredClone(x)', 'list.at(-1)', 'Object.hasOwn(a, b)', 'list.toSorted()', 'crypto.randomUUID()']) expect(newerBuiltIns(source)).toHaveLength(1)
  })

  it('refuses addresses of other origins, but not names of XML namespaces', () => {
    expect(foreignAddresses('"http://www.w3.org/2000/svg"')).toEqual([])
    expect(foreignAddresses('fetch("https://cdn.example/x.js")')).toEqual(['https://cdn.example/x.js'])
  })
})
